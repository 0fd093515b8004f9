-- The audit is append-only (X6): what is written stays, whatever program is at the database.
-- AuditDetail may lose rows: personal data is erased there, outside the chain.
CREATE FUNCTION "audit_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit is append-only';
END;
$$;
CREATE TRIGGER "Audit_no_update" BEFORE UPDATE ON "Audit" FOR EACH ROW EXECUTE FUNCTION "audit_append_only"();
CREATE TRIGGER "Audit_no_delete" BEFORE DELETE ON "Audit" FOR EACH ROW EXECUTE FUNCTION "audit_append_only"();
CREATE TRIGGER "Audit_no_truncate" BEFORE TRUNCATE ON "Audit" FOR EACH STATEMENT EXECUTE FUNCTION "audit_append_only"();
