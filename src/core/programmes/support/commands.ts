/** Every command of support, in the order in which help tells them. */
import { supportClose, supportReopen } from './end-commands.js';
import { supportList, supportShow } from './list-commands.js';
import { supportOpen, supportReply } from './talk-commands.js';

export const supportCommands = [supportOpen, supportReply, supportClose, supportReopen, supportList, supportShow];
