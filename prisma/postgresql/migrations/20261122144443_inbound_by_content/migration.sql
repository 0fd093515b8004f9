-- CreateIndex
CREATE INDEX "InboundMail_sha256_idx" ON "InboundMail"("sha256");
