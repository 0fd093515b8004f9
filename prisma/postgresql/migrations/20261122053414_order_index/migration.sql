-- CreateIndex
CREATE INDEX "Order_state_type_id_idx" ON "Order"("state", "type", "id");
