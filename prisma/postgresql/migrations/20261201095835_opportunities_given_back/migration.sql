-- CreateIndex
CREATE INDEX "Opportunity_orderId_idx" ON "Opportunity"("orderId");

-- used by an order that is about another one now, or that was refused or cancelled: it can be ordered from again
UPDATE "Opportunity" SET "state" = 'open', "orderId" = NULL
WHERE "state" = 'used' AND NOT EXISTS (
  SELECT 1 FROM "Order"
  WHERE "Order"."id" = "Opportunity"."orderId" AND "Order"."opportunityId" = "Opportunity"."id"
    AND "Order"."state" NOT IN ('refused', 'cancelled')
);
