-- AlterTable
ALTER TABLE "Approval" ADD COLUMN     "byOperator" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "releasedById" INTEGER;

-- AlterTable
ALTER TABLE "Audit" ADD COLUMN     "releasedById" INTEGER;

-- AlterTable
ALTER TABLE "InboundMail" ADD COLUMN     "releasedById" INTEGER;
