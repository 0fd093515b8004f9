-- AlterTable
ALTER TABLE "Domain" ADD COLUMN     "orgSince" TIMESTAMP(3);

-- CreateTable
CREATE TABLE "AuditErasing" (
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AuditErasing_pkey" PRIMARY KEY ("seq")
);
-- Details stay as they were written, too; they go only where an erasure has said so in the same transaction (X6, X11).
CREATE FUNCTION "audit_detail_erased"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM "AuditErasing" WHERE "seq" = OLD."seq") THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'the audit is append-only';
END;
$$;
CREATE TRIGGER "AuditDetail_no_update" BEFORE UPDATE ON "AuditDetail" FOR EACH ROW EXECUTE FUNCTION "audit_append_only"();
CREATE TRIGGER "AuditDetail_no_delete" BEFORE DELETE ON "AuditDetail" FOR EACH ROW EXECUTE FUNCTION "audit_detail_erased"();
CREATE TRIGGER "AuditDetail_no_truncate" BEFORE TRUNCATE ON "AuditDetail" FOR EACH STATEMENT EXECUTE FUNCTION "audit_append_only"();
