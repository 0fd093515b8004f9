/** The devices' part of `/me`, as HTML. */
import { html } from 'hono/html';
import type { Data, Outcome } from '../../core/command/outcome.js';
import { replyTo, type Reply } from '../../core/command/reply.js';
import { commandButton, reading, type MeView } from './me-view.js';
import { pager, table, type Html } from '../page.js';
import { pageTexts, type PageTexts } from '../texts.js';

export interface DeviceItem {
  readonly device: string;
  readonly codeId: string;
  readonly model: string | null;
  readonly webAddress: string;
  readonly email: string;
  readonly installer: string;
  readonly state: string;
}

export interface OwnDevice {
  readonly item: DeviceItem;
  /** Whether its client allows it; only of an active one. */
  readonly remoteAccess?: boolean;
  readonly granted?: Outcome & { ok: true };
}

export interface Devices {
  readonly own: readonly OwnDevice[];
  /** An installer's own work, in pages. */
  readonly installed:
    { readonly items: readonly DeviceItem[]; readonly total: number; readonly page: number } | undefined;
}

/** Of those that were installed. */
export const devicesPerPage = 25;
const grantsShown = 10;

export function devicesPage(view: MeView, { own, installed }: Devices): Html {
  const texts = pageTexts(view.locale);
  return html`${
    own.length === 0
      ? ''
      : html`<section class="card" aria-labelledby="devices">
          <h2 id="devices">${texts.devices.own}</h2>
          <ul class="plain">
            ${own.map((one) => ownOne(view, one, texts))}
          </ul>
        </section>`
  }${installed ? installedPart(view, installed, texts) : ''}`;
}

/** Some of the data as their command's answer would read: its labels, states and dates. */
const readable = (view: MeView, data: Data): Reply => replyTo({ ok: true, code: 'device.shown', data }, reading(view));

const picked = <T extends object>(from: T, keys: readonly (keyof T & string)[]): Data =>
  Object.fromEntries(keys.map((key) => [key, from[key]]));

function ownOne(view: MeView, { item, remoteAccess, granted }: OwnDevice, texts: PageTexts): Html {
  const { lines } = readable(view, picked(item, ['device', 'installer', 'webAddress', 'state']));
  const late = item.state === 'expired' || item.state === 'bounced';
  return html`<li>
    <h3><span class="number">${item.codeId}</span>${item.model ? ` – ${item.model}` : ''}</h3>
    <dl>
      ${lines.map(
        ({ label, value }) =>
          html`<dt>${label}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
    ${item.state === 'active' ? '' : html`<p>${late ? texts.devices.late(item.installer) : texts.devices.waiting}</p>`}
    ${remoteAccess === undefined ? '' : consent(view, { item, remoteAccess }, texts)}
    ${granted ? grants(view, granted.data as unknown as Granted, texts) : ''}
  </li>`;
}

function consent(
  view: MeView,
  { item, remoteAccess }: { item: DeviceItem; remoteAccess: boolean },
  { devices }: PageTexts,
): Html {
  return html`<h4>${devices.access}</h4>
    <p>${remoteAccess ? devices.allowed : devices.refused}</p>
    ${
      view.may.has('device consent')
        ? commandButton(view, 'device consent', {
            submit: remoteAccess ? devices.refuse : devices.allow,
            about: item.codeId,
            input: { device: item.device, 'remote-access': remoteAccess ? 'no' : 'yes' },
          })
        : ''
    }`;
}

interface Granted {
  readonly items: readonly (Data & { readonly grant: string; readonly state: string })[];
  readonly total: number;
}

const grantKeys = ['grant', 'use', 'state', 'createdAt', 'expires', 'uses', 'usedAt'];

function grants(view: MeView, granted: Granted, { devices }: PageTexts): Html {
  if (granted.total === 0) return html`<p class="soft">${devices.noGrants}</p>`;
  const items = granted.items.slice(0, grantsShown);
  const [shown] = readable(view, { items: items.map((item) => picked(item, grantKeys)) }).tables;
  const ends = view.may.has('device revoke') && items.some(({ state }) => state === 'active');
  const button = ({ grant, state }: { grant: string; state: string }): Html =>
    state === 'active'
      ? commandButton(view, 'device revoke', { submit: devices.revoke, about: grant, input: { grant } })
      : html`–`;
  return table({
    caption: items.length < granted.total ? devices.grantsOf(items.length, granted.total) : devices.grants,
    columns: [...(shown?.columns ?? []), ...(ends ? [devices.action] : [])],
    rows: (shown?.rows ?? []).map((row, at) => [...row, ...(ends && items[at] ? [button(items[at])] : [])]),
    locale: view.locale,
    headed: true,
  });
}

function installedPart(view: MeView, installed: NonNullable<Devices['installed']>, texts: PageTexts): Html {
  const items = installed.items.map((item) => picked(item, ['device', 'codeId', 'email', 'state']));
  const [shown] = readable(view, { items }).tables;
  return html`<section class="card" aria-labelledby="installed">
    <h2 id="installed">${texts.devices.installed}</h2>
    ${
      shown
        ? table({
            caption: texts.devices.count(installed.total),
            columns: shown.columns,
            rows: shown.rows,
            locale: view.locale,
            headed: true,
          })
        : html`<p class="soft">${texts.devices.none}</p>`
    }
    ${pager(texts, {
      ...{ total: installed.total, page: installed.page, perPage: devicesPerPage },
      label: texts.devices.installed,
      href: (page) => `/me?devices=${page}#installed`,
    })}
  </section>`;
}
