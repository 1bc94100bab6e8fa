import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const counted = z.strictObject({ done: z.number().int().min(0), total: z.number().int().min(0) });
const progressSchema = z.strictObject({ scenarios: counted, certificates: counted });

/** How far the demonstration city is laid out. */
export type CityProgress = z.infer<typeof progressSchema>;

const WRITE_EVERY_MS = 1_000;

function progressFile(dataDir: string): string {
  return join(dataDir, 'run', 'demonstration-progress.json');
}

/** Out: what is noted of the city in this data folder; null where none is laid out, or what is noted cannot be read. */
export async function readCityProgress(dataDir: string): Promise<CityProgress | null> {
  const text = await readFile(progressFile(dataDir), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return progressSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Notes the progress for whoever asks the API; at most once a second, and never half a file. */
export class CityProgressNote {
  readonly #path: string;
  #writtenAtMs = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(dataDir: string) {
    this.#path = progressFile(dataDir);
  }

  /** Information only: a note that cannot be written stops nothing. */
  note(progress: CityProgress): void {
    const isLast = progress.certificates.done === progress.certificates.total;
    if (!isLast && Date.now() - this.#writtenAtMs < WRITE_EVERY_MS) return;
    this.#writtenAtMs = Date.now();
    this.#writing = this.#writing.then(() => this.#write(progress)).catch(() => undefined);
  }

  async #write(progress: CityProgress): Promise<void> {
    const next = `${this.#path}.next`;
    await writeFile(next, JSON.stringify(progress));
    await rename(next, this.#path);
  }

  /** Settles when everything is written. */
  settled(): Promise<void> {
    return this.#writing;
  }
}
