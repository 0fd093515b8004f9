-- DropIndex
DROP INDEX "StockUnit_product_serial_key";

-- as serials are compared from now on; of two that are one by that, the later keeps telling itself apart
UPDATE "StockUnit" SET "serial" = replace(replace(upper("serial"), ' ', ''), char(9), '') WHERE "serial" IS NOT NULL;
UPDATE "StockUnit" SET "serial" = "serial" || '/' || "id" WHERE EXISTS (
  SELECT 1 FROM "StockUnit" AS earlier WHERE earlier."serial" = "StockUnit"."serial" AND earlier."id" < "StockUnit"."id"
);

-- CreateIndex
CREATE UNIQUE INDEX "StockUnit_serial_key" ON "StockUnit"("serial");

-- purchases likewise; of two that are one by that, the one that is written so already, or the first, is it
UPDATE "Purchase" SET "reference" = upper(trim("reference")) WHERE NOT EXISTS (
  SELECT 1 FROM "Purchase" AS other
  WHERE other."orgId" = "Purchase"."orgId" AND other."product" = "Purchase"."product" AND other."id" <> "Purchase"."id"
    AND upper(trim(other."reference")) = upper(trim("Purchase"."reference"))
    AND (other."id" < "Purchase"."id" OR other."reference" = upper(trim(other."reference")))
);
