// discord.js, signed in and idle: what a bot takes at the least. Arguments: API root, token.
import { Client, Events, GatewayIntentBits } from 'discord.js';

const [api, token] = process.argv.slice(2);
const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api } });
client.once(Events.ClientReady, () => console.log('ready'));
await client.login(token);
