import { runSimulator } from '../protocol/run-simulator';
import { sharedSecret, simulatorSettings } from '../protocol/simulator-settings';
import { startUpReportServer } from './up-report-server';

const settings = simulatorSettings('up-report', process.env);
const secret = sharedSecret(settings.secretsFolder, 'outside-up-report');
runSimulator('up-report', startUpReportServer({ ...settings, key: { keyId: 'ecert', secret } }));
