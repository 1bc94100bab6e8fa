import { join } from 'node:path';
import { runSimulator } from '../protocol/run-simulator';
import { sharedSecret, simulatorSettings } from '../protocol/simulator-settings';
import { startAgencyRecordServer } from './agency-record-server';

const settings = simulatorSettings('agency-records', process.env);
const secret = sharedSecret(settings.secretsFolder, 'outside-agency-records');
runSimulator(
  'agency-records',
  startAgencyRecordServer({
    ...settings,
    folder: join(settings.folder, 'records'),
    key: { keyId: 'ecert', secret },
  }),
);
