-- CreateIndex
CREATE INDEX "OneTimeLink_purpose_content_idx" ON "OneTimeLink"("purpose", "content");
