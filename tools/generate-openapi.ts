import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_ROUTES } from '../api/all-routes';
import { createOpenApiDocument } from '../api/openapi-document';

const path = join(__dirname, '..', 'openapi.json');
writeFileSync(path, `${JSON.stringify(createOpenApiDocument(ALL_ROUTES), null, 2)}\n`);
console.log(`written: ${path}`);
