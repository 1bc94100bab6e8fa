/** Effect: the engines of this run have stopped and their folder is gone. */
export default async function globalTeardown(): Promise<void> {
  const keeper = globalThis.ecertEngineKeeper;
  if (keeper === undefined || keeper.exitCode !== null) return;
  const gone = new Promise<void>((resolve) => keeper.once('exit', () => resolve()));
  keeper.disconnect();
  await gone;
}
