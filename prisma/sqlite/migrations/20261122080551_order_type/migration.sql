-- CreateIndex
CREATE INDEX "Order_orgId_state_type_id_idx" ON "Order"("orgId", "state", "type", "id");
