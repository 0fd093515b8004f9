-- Which sites and orders hold a text, without a look at each: an index of every three characters that follow each other.
-- The text is folded already, so nothing is folded here. A migration that makes "Site" or "Order" anew drops the triggers
-- with the old table: it has to make them again.
CREATE VIRTUAL TABLE "SiteSearch" USING fts5("searchText", content='Site', content_rowid='id', tokenize='trigram case_sensitive 1', columnsize=0);
CREATE TRIGGER "Site_search_insert" AFTER INSERT ON "Site" BEGIN
  INSERT INTO "SiteSearch" ("rowid", "searchText") VALUES (NEW."id", NEW."searchText");
END;
CREATE TRIGGER "Site_search_update" AFTER UPDATE OF "searchText" ON "Site" WHEN OLD."searchText" <> NEW."searchText" BEGIN
  INSERT INTO "SiteSearch" ("SiteSearch", "rowid", "searchText") VALUES ('delete', OLD."id", OLD."searchText");
  INSERT INTO "SiteSearch" ("rowid", "searchText") VALUES (NEW."id", NEW."searchText");
END;
CREATE TRIGGER "Site_search_delete" AFTER DELETE ON "Site" BEGIN
  INSERT INTO "SiteSearch" ("SiteSearch", "rowid", "searchText") VALUES ('delete', OLD."id", OLD."searchText");
END;
INSERT INTO "SiteSearch" ("SiteSearch") VALUES ('rebuild');

CREATE VIRTUAL TABLE "OrderSearch" USING fts5("searchText", content='Order', content_rowid='id', tokenize='trigram case_sensitive 1', columnsize=0);
CREATE TRIGGER "Order_search_insert" AFTER INSERT ON "Order" BEGIN
  INSERT INTO "OrderSearch" ("rowid", "searchText") VALUES (NEW."id", NEW."searchText");
END;
CREATE TRIGGER "Order_search_update" AFTER UPDATE OF "searchText" ON "Order" WHEN OLD."searchText" <> NEW."searchText" BEGIN
  INSERT INTO "OrderSearch" ("OrderSearch", "rowid", "searchText") VALUES ('delete', OLD."id", OLD."searchText");
  INSERT INTO "OrderSearch" ("rowid", "searchText") VALUES (NEW."id", NEW."searchText");
END;
CREATE TRIGGER "Order_search_delete" AFTER DELETE ON "Order" BEGIN
  INSERT INTO "OrderSearch" ("OrderSearch", "rowid", "searchText") VALUES ('delete', OLD."id", OLD."searchText");
END;
INSERT INTO "OrderSearch" ("OrderSearch") VALUES ('rebuild');
