-- AlterTable
ALTER TABLE "Organisation" ADD COLUMN     "taxConfirmedAt" TIMESTAMP(3),
ADD COLUMN     "taxConfirmedBy" INTEGER,
ADD COLUMN     "taxCountry" TEXT,
ADD COLUMN     "taxVat" TEXT;

-- AlterTable
ALTER TABLE "Approval" ADD COLUMN     "vatVerdict" TEXT;
