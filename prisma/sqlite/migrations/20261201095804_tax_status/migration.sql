-- AlterTable
ALTER TABLE "Organisation" ADD COLUMN "taxConfirmedAt" DATETIME;
ALTER TABLE "Organisation" ADD COLUMN "taxConfirmedBy" INTEGER;
ALTER TABLE "Organisation" ADD COLUMN "taxCountry" TEXT;
ALTER TABLE "Organisation" ADD COLUMN "taxVat" TEXT;

-- AlterTable
ALTER TABLE "Approval" ADD COLUMN "vatVerdict" TEXT;
