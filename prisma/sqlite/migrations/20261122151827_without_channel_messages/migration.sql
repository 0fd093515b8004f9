-- Nothing was ever kept in them. SQLite drops a column since 3.35; no table has to be made anew for it.
ALTER TABLE "RegistrarTask" DROP COLUMN "channelMessage";
ALTER TABLE "Ticket" DROP COLUMN "channelMessage";
