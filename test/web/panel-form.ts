/** The form of a panel on the desk page, as a browser would send it. */
import type { Answer } from './ground.js';

export const plain = (html: string): string =>
  html.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replace(/\s+/g, ' ');

export function formOf({ text }: Answer): { html: string; values: Record<string, string> } {
  const html = /<form\s+id="panel-form"[\s\S]*?<\/form>/.exec(text)?.[0] ?? '';
  const values: Record<string, string> = {};
  for (const [, tag = ''] of html.matchAll(/<input\b([\s\S]*?)\/>/g)) {
    const [name, value, type] = ['name', 'value', 'type'].map(
      (key) => new RegExp(`\\b${key}="([^"]*)"`).exec(tag)?.[1],
    );
    if (name !== undefined && type !== 'file' && type !== 'checkbox') values[name] = plain(value ?? '');
  }
  for (const [, name = '', inside = ''] of html.matchAll(/<select[^>]*name="([^"]+)"[^>]*>([\s\S]*?)<\/select>/g))
    values[name] = /<option value="([^"]*)"\s+selected/.exec(inside)?.[1] ?? '';
  for (const [, name = '', inside = ''] of html.matchAll(
    /<textarea[^>]*name="([^"]+)"[^>]*>\n?([\s\S]*?)<\/textarea>/g,
  ))
    values[name] = inside;
  return { html, values };
}
export const optionsOf = (html: string, name: string): string[] =>
  [
    ...(new RegExp(`<select[^>]*name="${name}"[^>]*>([\\s\\S]*?)</select>`).exec(html)?.[1] ?? '').matchAll(
      /value="([^"]+)"/g,
    ),
  ].map(([, value]) => value!);
