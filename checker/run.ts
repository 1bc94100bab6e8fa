import { checkRegister } from './check-register';
import { reportLines } from './report-lines';
import { readSettings, USAGE } from './settings';
import { readLogKeys, readTrust } from './trust-files';

/** Exit 0: nothing found; 1: findings; 2: it could not be checked. */
async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2), process.env);
  const { auditorUrl, filesFolder, at, drainedAfterMs, seenHead } = settings;
  const report = await checkRegister(auditorUrl, {
    filesFolder,
    ...(await readTrust(settings.trustFolder)),
    logKeys: await readLogKeys(settings.logKeyFiles),
    at,
    drainedAfterMs,
    seenHead,
  });
  for (const line of reportLines(report, settings.json)) console.log(line);
  process.exitCode = report.violations === 0 ? 0 : 1;
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  console.error(USAGE);
  process.exitCode = 2;
});
