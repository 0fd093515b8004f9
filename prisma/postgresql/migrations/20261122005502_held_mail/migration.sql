-- CreateTable
CREATE TABLE "SpentSignature" (
    "hash" TEXT NOT NULL,
    "inboundId" INTEGER NOT NULL,

    CONSTRAINT "SpentSignature_pkey" PRIMARY KEY ("hash")
);

-- What was spent stays spent
INSERT INTO "SpentSignature" ("hash", "inboundId") SELECT "signature", "id" FROM "InboundMail" WHERE "signature" IS NOT NULL;

-- DropIndex
DROP INDEX "InboundMail_signature_key";

-- AlterTable
ALTER TABLE "InboundMail" DROP COLUMN "signature",
ADD COLUMN     "moveDue" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "SpentSignature_inboundId_idx" ON "SpentSignature"("inboundId");

-- CreateIndex
CREATE INDEX "InboundMail_moveDue_idx" ON "InboundMail"("moveDue");
