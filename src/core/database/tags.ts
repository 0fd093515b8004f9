/** Tags of a row: a JSON list as they were typed, and marked in its `searchText`, where they are looked for without case and accents. */
import { searchable } from '../text/fold.js';

/** Control characters, which no text from outside has (type.ts): a tag is never found inside another, or in a name. */
const [opening, closing] = ['\u001e', '\u001f'];

export const tagsOf = ({ tags }: { readonly tags: string }): readonly string[] => JSON.parse(tags) as string[];

/** Each once, as it was first written. */
export function distinctTags(tags: readonly string[]): readonly string[] {
  const keys = tags.map(searchable);
  return tags.filter((_, at) => keys.indexOf(keys[at] ?? '') === at);
}

/** What goes to the end of a row's `searchText`. */
export const markedTags = (tags: readonly string[]): string => tags.map(marked).join('');

const marked = (tag: string): string => `${opening}${searchable(tag)}${closing}`;

/** The rows that have every one of these tags: part of Prisma's where, beside any `AND` of a search. */
export const withTags = (tags: readonly string[] = []): object =>
  tags.length === 0 ? {} : { NOT: { OR: tags.map((tag) => ({ NOT: { searchText: { contains: marked(tag) } } })) } };
