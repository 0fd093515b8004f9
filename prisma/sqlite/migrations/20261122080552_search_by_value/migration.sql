-- The index of searches once more: it now has each of a site's values by itself, so that what it finds needs no second look,
-- and the rows of a reseller follow one another, so that its searches look at no others. A row of it is numbered by its
-- reseller and itself: "orgId" times 2 to the 32nd, plus "id". It keeps no texts: triggers tell it what to forget. The values
-- stand in "searchText" behind marks of one character each (src/core/record/marked-text.ts), and go in with theirs and the
-- next one. A migration that makes "Site" or "Order" anew drops the triggers with the old table: it has to make them again.
DROP TRIGGER "Site_search_insert";
DROP TRIGGER "Site_search_update";
DROP TRIGGER "Site_search_delete";
DROP TABLE "SiteSearch";
CREATE VIRTUAL TABLE "SiteSearch" USING fts5("site", "generation", "productLine", "siteName", "siteStreet", "siteZip", "siteCity", "siteCountry", "siteRegistration", "siteVat", "sitePhone", "siteEmail", "contactLastName", "contactFirstName", "contactRole", "contactEmail", "contactPhone", content='', tokenize='trigram case_sensitive 1', columnsize=0);
CREATE TRIGGER "Site_search_insert" AFTER INSERT ON "Site" BEGIN
  INSERT INTO "SiteSearch" ("rowid", "site", "generation", "productLine", "siteName", "siteStreet", "siteZip", "siteCity", "siteCountry", "siteRegistration", "siteVat", "sitePhone", "siteEmail", "contactLastName", "contactFirstName", "contactRole", "contactEmail", "contactPhone")
  VALUES (NEW."orgId" * 4294967296 + NEW."id",
    substr(NEW."searchText", instr(NEW."searchText", char(1)), instr(NEW."searchText", char(2)) - instr(NEW."searchText", char(1)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(2)), instr(NEW."searchText", char(3)) - instr(NEW."searchText", char(2)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(3)), instr(NEW."searchText", char(4)) - instr(NEW."searchText", char(3)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(4)), instr(NEW."searchText", char(5)) - instr(NEW."searchText", char(4)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(5)), instr(NEW."searchText", char(6)) - instr(NEW."searchText", char(5)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(6)), instr(NEW."searchText", char(7)) - instr(NEW."searchText", char(6)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(7)), instr(NEW."searchText", char(8)) - instr(NEW."searchText", char(7)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(8)), instr(NEW."searchText", char(14)) - instr(NEW."searchText", char(8)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(14)), instr(NEW."searchText", char(15)) - instr(NEW."searchText", char(14)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(15)), instr(NEW."searchText", char(16)) - instr(NEW."searchText", char(15)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(16)), instr(NEW."searchText", char(17)) - instr(NEW."searchText", char(16)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(17)), instr(NEW."searchText", char(18)) - instr(NEW."searchText", char(17)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(18)), instr(NEW."searchText", char(19)) - instr(NEW."searchText", char(18)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(19)), instr(NEW."searchText", char(20)) - instr(NEW."searchText", char(19)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(20)), instr(NEW."searchText", char(21)) - instr(NEW."searchText", char(20)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(21)), instr(NEW."searchText", char(22)) - instr(NEW."searchText", char(21)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(22)), instr(NEW."searchText", char(23)) - instr(NEW."searchText", char(22)) + 1));
END;
CREATE TRIGGER "Site_search_update" AFTER UPDATE OF "searchText", "orgId" ON "Site"
WHEN OLD."searchText" <> NEW."searchText" OR OLD."orgId" <> NEW."orgId" BEGIN
  INSERT INTO "SiteSearch" ("SiteSearch", "rowid", "site", "generation", "productLine", "siteName", "siteStreet", "siteZip", "siteCity", "siteCountry", "siteRegistration", "siteVat", "sitePhone", "siteEmail", "contactLastName", "contactFirstName", "contactRole", "contactEmail", "contactPhone")
  VALUES ('delete', OLD."orgId" * 4294967296 + OLD."id",
    substr(OLD."searchText", instr(OLD."searchText", char(1)), instr(OLD."searchText", char(2)) - instr(OLD."searchText", char(1)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(2)), instr(OLD."searchText", char(3)) - instr(OLD."searchText", char(2)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(3)), instr(OLD."searchText", char(4)) - instr(OLD."searchText", char(3)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(4)), instr(OLD."searchText", char(5)) - instr(OLD."searchText", char(4)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(5)), instr(OLD."searchText", char(6)) - instr(OLD."searchText", char(5)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(6)), instr(OLD."searchText", char(7)) - instr(OLD."searchText", char(6)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(7)), instr(OLD."searchText", char(8)) - instr(OLD."searchText", char(7)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(8)), instr(OLD."searchText", char(14)) - instr(OLD."searchText", char(8)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(14)), instr(OLD."searchText", char(15)) - instr(OLD."searchText", char(14)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(15)), instr(OLD."searchText", char(16)) - instr(OLD."searchText", char(15)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(16)), instr(OLD."searchText", char(17)) - instr(OLD."searchText", char(16)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(17)), instr(OLD."searchText", char(18)) - instr(OLD."searchText", char(17)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(18)), instr(OLD."searchText", char(19)) - instr(OLD."searchText", char(18)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(19)), instr(OLD."searchText", char(20)) - instr(OLD."searchText", char(19)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(20)), instr(OLD."searchText", char(21)) - instr(OLD."searchText", char(20)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(21)), instr(OLD."searchText", char(22)) - instr(OLD."searchText", char(21)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(22)), instr(OLD."searchText", char(23)) - instr(OLD."searchText", char(22)) + 1));
  INSERT INTO "SiteSearch" ("rowid", "site", "generation", "productLine", "siteName", "siteStreet", "siteZip", "siteCity", "siteCountry", "siteRegistration", "siteVat", "sitePhone", "siteEmail", "contactLastName", "contactFirstName", "contactRole", "contactEmail", "contactPhone")
  VALUES (NEW."orgId" * 4294967296 + NEW."id",
    substr(NEW."searchText", instr(NEW."searchText", char(1)), instr(NEW."searchText", char(2)) - instr(NEW."searchText", char(1)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(2)), instr(NEW."searchText", char(3)) - instr(NEW."searchText", char(2)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(3)), instr(NEW."searchText", char(4)) - instr(NEW."searchText", char(3)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(4)), instr(NEW."searchText", char(5)) - instr(NEW."searchText", char(4)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(5)), instr(NEW."searchText", char(6)) - instr(NEW."searchText", char(5)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(6)), instr(NEW."searchText", char(7)) - instr(NEW."searchText", char(6)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(7)), instr(NEW."searchText", char(8)) - instr(NEW."searchText", char(7)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(8)), instr(NEW."searchText", char(14)) - instr(NEW."searchText", char(8)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(14)), instr(NEW."searchText", char(15)) - instr(NEW."searchText", char(14)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(15)), instr(NEW."searchText", char(16)) - instr(NEW."searchText", char(15)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(16)), instr(NEW."searchText", char(17)) - instr(NEW."searchText", char(16)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(17)), instr(NEW."searchText", char(18)) - instr(NEW."searchText", char(17)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(18)), instr(NEW."searchText", char(19)) - instr(NEW."searchText", char(18)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(19)), instr(NEW."searchText", char(20)) - instr(NEW."searchText", char(19)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(20)), instr(NEW."searchText", char(21)) - instr(NEW."searchText", char(20)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(21)), instr(NEW."searchText", char(22)) - instr(NEW."searchText", char(21)) + 1),
    substr(NEW."searchText", instr(NEW."searchText", char(22)), instr(NEW."searchText", char(23)) - instr(NEW."searchText", char(22)) + 1));
END;
CREATE TRIGGER "Site_search_delete" AFTER DELETE ON "Site" BEGIN
  INSERT INTO "SiteSearch" ("SiteSearch", "rowid", "site", "generation", "productLine", "siteName", "siteStreet", "siteZip", "siteCity", "siteCountry", "siteRegistration", "siteVat", "sitePhone", "siteEmail", "contactLastName", "contactFirstName", "contactRole", "contactEmail", "contactPhone")
  VALUES ('delete', OLD."orgId" * 4294967296 + OLD."id",
    substr(OLD."searchText", instr(OLD."searchText", char(1)), instr(OLD."searchText", char(2)) - instr(OLD."searchText", char(1)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(2)), instr(OLD."searchText", char(3)) - instr(OLD."searchText", char(2)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(3)), instr(OLD."searchText", char(4)) - instr(OLD."searchText", char(3)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(4)), instr(OLD."searchText", char(5)) - instr(OLD."searchText", char(4)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(5)), instr(OLD."searchText", char(6)) - instr(OLD."searchText", char(5)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(6)), instr(OLD."searchText", char(7)) - instr(OLD."searchText", char(6)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(7)), instr(OLD."searchText", char(8)) - instr(OLD."searchText", char(7)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(8)), instr(OLD."searchText", char(14)) - instr(OLD."searchText", char(8)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(14)), instr(OLD."searchText", char(15)) - instr(OLD."searchText", char(14)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(15)), instr(OLD."searchText", char(16)) - instr(OLD."searchText", char(15)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(16)), instr(OLD."searchText", char(17)) - instr(OLD."searchText", char(16)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(17)), instr(OLD."searchText", char(18)) - instr(OLD."searchText", char(17)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(18)), instr(OLD."searchText", char(19)) - instr(OLD."searchText", char(18)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(19)), instr(OLD."searchText", char(20)) - instr(OLD."searchText", char(19)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(20)), instr(OLD."searchText", char(21)) - instr(OLD."searchText", char(20)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(21)), instr(OLD."searchText", char(22)) - instr(OLD."searchText", char(21)) + 1),
    substr(OLD."searchText", instr(OLD."searchText", char(22)), instr(OLD."searchText", char(23)) - instr(OLD."searchText", char(22)) + 1));
END;
INSERT INTO "SiteSearch" ("rowid", "site", "generation", "productLine", "siteName", "siteStreet", "siteZip", "siteCity", "siteCountry", "siteRegistration", "siteVat", "sitePhone", "siteEmail", "contactLastName", "contactFirstName", "contactRole", "contactEmail", "contactPhone")
SELECT "orgId" * 4294967296 + "id",
    substr("searchText", instr("searchText", char(1)), instr("searchText", char(2)) - instr("searchText", char(1)) + 1),
    substr("searchText", instr("searchText", char(2)), instr("searchText", char(3)) - instr("searchText", char(2)) + 1),
    substr("searchText", instr("searchText", char(3)), instr("searchText", char(4)) - instr("searchText", char(3)) + 1),
    substr("searchText", instr("searchText", char(4)), instr("searchText", char(5)) - instr("searchText", char(4)) + 1),
    substr("searchText", instr("searchText", char(5)), instr("searchText", char(6)) - instr("searchText", char(5)) + 1),
    substr("searchText", instr("searchText", char(6)), instr("searchText", char(7)) - instr("searchText", char(6)) + 1),
    substr("searchText", instr("searchText", char(7)), instr("searchText", char(8)) - instr("searchText", char(7)) + 1),
    substr("searchText", instr("searchText", char(8)), instr("searchText", char(14)) - instr("searchText", char(8)) + 1),
    substr("searchText", instr("searchText", char(14)), instr("searchText", char(15)) - instr("searchText", char(14)) + 1),
    substr("searchText", instr("searchText", char(15)), instr("searchText", char(16)) - instr("searchText", char(15)) + 1),
    substr("searchText", instr("searchText", char(16)), instr("searchText", char(17)) - instr("searchText", char(16)) + 1),
    substr("searchText", instr("searchText", char(17)), instr("searchText", char(18)) - instr("searchText", char(17)) + 1),
    substr("searchText", instr("searchText", char(18)), instr("searchText", char(19)) - instr("searchText", char(18)) + 1),
    substr("searchText", instr("searchText", char(19)), instr("searchText", char(20)) - instr("searchText", char(19)) + 1),
    substr("searchText", instr("searchText", char(20)), instr("searchText", char(21)) - instr("searchText", char(20)) + 1),
    substr("searchText", instr("searchText", char(21)), instr("searchText", char(22)) - instr("searchText", char(21)) + 1),
    substr("searchText", instr("searchText", char(22)), instr("searchText", char(23)) - instr("searchText", char(22)) + 1)
FROM "Site";

DROP TRIGGER "Order_search_insert";
DROP TRIGGER "Order_search_update";
DROP TRIGGER "Order_search_delete";
DROP TABLE "OrderSearch";
CREATE VIRTUAL TABLE "OrderSearch" USING fts5("searchText", content='', tokenize='trigram case_sensitive 1', columnsize=0);
CREATE TRIGGER "Order_search_insert" AFTER INSERT ON "Order" BEGIN
  INSERT INTO "OrderSearch" ("rowid", "searchText") VALUES (NEW."orgId" * 4294967296 + NEW."id", NEW."searchText");
END;
CREATE TRIGGER "Order_search_update" AFTER UPDATE OF "searchText", "orgId" ON "Order"
WHEN OLD."searchText" <> NEW."searchText" OR OLD."orgId" <> NEW."orgId" BEGIN
  INSERT INTO "OrderSearch" ("OrderSearch", "rowid", "searchText") VALUES ('delete', OLD."orgId" * 4294967296 + OLD."id", OLD."searchText");
  INSERT INTO "OrderSearch" ("rowid", "searchText") VALUES (NEW."orgId" * 4294967296 + NEW."id", NEW."searchText");
END;
CREATE TRIGGER "Order_search_delete" AFTER DELETE ON "Order" BEGIN
  INSERT INTO "OrderSearch" ("OrderSearch", "rowid", "searchText") VALUES ('delete', OLD."orgId" * 4294967296 + OLD."id", OLD."searchText");
END;
INSERT INTO "OrderSearch" ("rowid", "searchText") SELECT "orgId" * 4294967296 + "id", "searchText" FROM "Order";

-- Sites of a town, however it is spelled: everything that a page of them is chosen, sorted and counted by.
CREATE INDEX "Site_town" ON "Site" (
  substr("searchText", instr("searchText", char(7)) + 1, instr("searchText", char(8)) - instr("searchText", char(7)) - 1),
  "siteName", "id", "productLine", "generation", "orgId"
);
