import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateMachineDrawings } from './state-machine-drawings';

const folder = join(__dirname, '..', 'docs', 'state-machines');
mkdirSync(folder, { recursive: true });
for (const [name, text] of stateMachineDrawings()) writeFileSync(join(folder, name), text);
console.log(`written: ${folder}`);
