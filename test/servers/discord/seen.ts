import type { ApiServer } from './server.js';
import type { World } from './world.js';

/** What happened so far, in words: for the error of a wait that was in vain. */
export function stateInWords(world: World, server: ApiServer, online: number): string {
  const requests = server.requests
    .slice(-15)
    .map(({ method, path, status }) => `  ${status} ${method} ${path.slice(0, 120)}`);
  const channels = [...world.channels.values()].map((channel) => {
    const latest = world.messagesIn(channel).slice(-5);
    const texts = latest.map(({ content, embeds }) => content || embeds[0]?.title || '…');
    return `  #${channel.name}: ${texts.map((text) => JSON.stringify(text.slice(0, 100))).join(', ')}`;
  });
  const violations = server.violations.slice(-10).map(({ method, path, message, faults }) => {
    const where = faults.map((fault) => `${fault.path.join('.')} ${fault.message}`).join('; ');
    return `  violation: ${method} ${path.slice(0, 80)} ${message} ${where}`;
  });
  const faults = server.faults.map((fault) => `  fault: ${fault}`);
  return [`  ${online} gateway sessions connected`, ...requests, ...channels, ...violations, ...faults].join('\n');
}
