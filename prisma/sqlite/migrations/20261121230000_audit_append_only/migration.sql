-- The audit is append-only (X6): what is written stays, whatever program is at the database.
-- AuditDetail may lose rows: personal data is erased there, outside the chain.
CREATE TRIGGER "Audit_no_update" BEFORE UPDATE ON "Audit" BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER "Audit_no_delete" BEFORE DELETE ON "Audit" BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
-- INSERT OR REPLACE takes a row away without asking the trigger above.
CREATE TRIGGER "Audit_no_replace" BEFORE INSERT ON "Audit" WHEN EXISTS (SELECT 1 FROM "Audit" WHERE "seq" = NEW."seq") BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
