-- CreateIndex
CREATE INDEX "Person_operator_idx" ON "Person"("operator");

-- CreateIndex
CREATE INDEX "Device_codeKey_idx" ON "Device"("codeKey");
