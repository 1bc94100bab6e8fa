/** Effect: the work is done, or what went wrong with it is among the faults: one story that fails takes no other with it. Out: whether it was done. */
export async function guarded(what: string, faults: string[], work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (fault) {
    faults.push(`${what}: ${fault instanceof Error ? fault.message : 'unknown fault'}`);
    return false;
  }
}
