/** `/t/TOKEN` of a transfer code (G3): signed in, whoever of staff it was mailed to sees it with a button, once. */
import { html } from 'hono/html';
import type { CodeView, ShownCode } from '../../core/ports/code-links.js';
import { hiddenInputs } from '../controls.js';
import { arrived, onward } from './onward.js';
import { notice, type Html } from '../page.js';
import { say } from '../flash.js';
import type { PageTexts } from '../texts.js';
import { checkOrigin, formMark, readForm, show, type Ctx, type Door } from '../page-request.js';

/** The page of a code's link; nothing when the link is for something else. */
export async function showCode(c: Ctx, door: Door, token: string): Promise<Response | undefined> {
  const { session, texts } = c.var.visit;
  const view = await door.codes.view({ token, personId: session?.personId });
  if (!view) return undefined;
  arrived(c, door);
  if (view === 'ended') return ended(c, door);
  if (view === 'sign-in' || session?.mustChoose) {
    onward(c, door, token);
    if (session) return c.redirect('/password', 303);
    say(c, door, texts.transferCode.signIn);
    return c.redirect('/sign-in', 303);
  }
  const form = { mark: formMark(c, door), action: `/t/${encodeURIComponent(token)}` };
  return show(c, door, { title: texts.transferCode.title, body: codePage(texts, { view, form }) });
}

/** The code itself, which uses its link up; nothing when the link is for something else. */
export async function giveCode(c: Ctx, door: Door, token: string): Promise<Response | undefined> {
  const { session, texts } = c.var.visit;
  if (!(await door.codes.view({ token, personId: session?.personId }))) return undefined;
  checkOrigin(c, door, { nullToo: true });
  await readForm(c, door, formMark(c, door));
  if (!session || session.mustChoose) return showCode(c, door, token);
  const shown = await door.codes.take({ token, personId: session.personId });
  if (!shown) return ended(c, door);
  return show(c, door, { title: texts.transferCode.title, body: shownPage(texts, shown) });
}

function ended(c: Ctx, door: Door): Promise<Response> {
  const { texts } = c.var.visit;
  const body = notice({
    title: texts.choosing.ended,
    text: texts.transferCode.ended,
    link: { href: '/', label: texts.home },
  });
  return show(c, door, { title: texts.choosing.ended, body, status: 410 });
}

const codePage = (texts: PageTexts, { view, form }: { view: CodeView; form: { mark: string; action: string } }): Html =>
  html` <h1>${texts.transferCode.title}</h1>
    <section class="card">
      <p><strong>${view.number}</strong> – ${view.domain}</p>
      <p>${texts.transferCode.once}</p>
      <form class="fields" method="post" action="${form.action}">
        ${hiddenInputs({ _mark: form.mark })}
        <p class="send"><button type="submit">${texts.transferCode.submit}</button></p>
      </form>
    </section>`;

const shownPage = (texts: PageTexts, shown: ShownCode): Html =>
  html` <h1>${texts.transferCode.title}</h1>
    <section class="card">
      <p><strong>${shown.number}</strong> – ${shown.domain}</p>
      <p><code>${shown.code}</code></p>
      <p>${texts.transferCode.after}</p>
    </section>`;
