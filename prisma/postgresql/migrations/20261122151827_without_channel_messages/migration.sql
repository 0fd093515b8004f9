-- AlterTable
ALTER TABLE "RegistrarTask" DROP COLUMN "channelMessage";

-- AlterTable
ALTER TABLE "Ticket" DROP COLUMN "channelMessage";
