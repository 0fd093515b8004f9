/** `/t/TOKEN` of a file (D13): signed in, its person sees what it is and fetches it with a button, once. */
import { html } from 'hono/html';
import type { LinkedFile } from '../../core/ports/sessions.js';
import { formatInstant } from '../../core/locales/format.js';
import { hiddenInputs } from '../controls.js';
import { arrived, onward } from './onward.js';
import { notice, type Html } from '../page.js';
import { say } from '../flash.js';
import type { PageTexts } from '../texts.js';
import { checkOrigin, formMark, readForm, show, type Ctx, type Door } from '../page-request.js';

/** The page of a file's link; nothing when the link is for something else. */
export async function showFile(c: Ctx, door: Door, token: string): Promise<Response | undefined> {
  const { session, texts, locale } = c.var.visit;
  const file = await door.sessions.viewFile({ token, personId: session?.personId });
  if (!file) return undefined;
  arrived(c, door);
  if (file === 'ended') return ended(c, door);
  if (file === 'sign-in' || session?.mustChoose) {
    onward(c, door, token);
    if (session) return c.redirect('/password', 303);
    say(c, door, texts.file.signIn);
    return c.redirect('/sign-in', 303);
  }
  const until = formatInstant(file.expiresAt, door.dispatcher.desk.timeZone, locale);
  const body = filePage(texts, { mark: formMark(c, door), action: `/t/${encodeURIComponent(token)}`, file, until });
  return show(c, door, { title: texts.file.title, body });
}

/** The file itself, which uses its link up; nothing when the link is for something else. */
export async function fetchFile(c: Ctx, door: Door, token: string): Promise<Response | undefined> {
  const { session } = c.var.visit;
  const view = await door.sessions.viewFile({ token, personId: session?.personId });
  if (!view) return undefined;
  checkOrigin(c, door, { nullToo: true });
  await readForm(c, door, formMark(c, door));
  if (!session || session.mustChoose) return showFile(c, door, token);
  const file = await door.sessions.takeFile({ token, personId: session.personId });
  if (!file) return ended(c, door);
  return c.body(new Uint8Array(file.content), 200, {
    'content-type': file.type,
    'content-disposition': `attachment; filename="${file.name.replace(/[^\w.-]/g, '-')}"`,
  });
}

function ended(c: Ctx, door: Door): Promise<Response> {
  const { texts } = c.var.visit;
  const body = notice({ title: texts.choosing.ended, text: texts.file.ended, link: { href: '/', label: texts.home } });
  return show(c, door, { title: texts.choosing.ended, body, status: 410 });
}

const filePage = (
  texts: PageTexts,
  { mark, action, file, until }: { mark: string; action: string; file: LinkedFile; until: string },
): Html =>
  html` <h1>${texts.file.title}</h1>
    <section class="card">
      <p><strong>${file.name}</strong> – ${texts.file.size(Math.ceil((file.bytes / 1024 / 1024) * 10) / 10)}</p>
      <p>${texts.file.once(until)}</p>
      <form class="fields" method="post" action="${action}">
        ${hiddenInputs({ _mark: mark })}
        <p class="send"><button type="submit">${texts.file.submit}</button></p>
      </form>
    </section>`;
