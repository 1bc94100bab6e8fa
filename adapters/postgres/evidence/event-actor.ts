/** Who acted, as events keep it: kind and id, never a name. */
export type EventActor = Readonly<Record<string, string | null>>;

/** In: the stable name of a principal (`principalName`), such as `person:<id>`. Out: the same in its parts. */
export function eventActor(name: string): EventActor {
  const [kind, id] = name.split(':', 2);
  return { kind: kind ?? null, id: id ?? null };
}
