-- Which sites and orders hold a text, without a look at each. Where the extension can't be had, searches go on as they
-- were: slower with very many rows, and as right.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX "Site_searchText_trgm" ON "Site" USING gin ("searchText" gin_trgm_ops);
  CREATE INDEX "Order_searchText_trgm" ON "Order" USING gin ("searchText" gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
  RAISE NOTICE 'no index for searches: %', SQLERRM;
END;
$$;
