import { CaseDriver } from './case-driver';
import { type Product, type ProductOptions, startProduct } from './product';

/** The first product of a run lays the city out and builds the workflow bundle, on a machine that may be busy. */
const START_MS = 240_000;
const STOP_MS = 60_000;
/** A whole story; those that wait for a retry take some seconds of it. */
export const STORY_MS = 120_000;

/** One product for the stories of a describe block, started before and stopped after them. */
export function withProduct(options: ProductOptions = {}): {
  readonly product: () => Product;
  readonly driver: () => CaseDriver;
} {
  let running: { readonly product: Product; readonly driver: CaseDriver } | null = null;
  const here = () => {
    if (running === null) throw new Error('the product did not start');
    return running;
  };
  beforeAll(async () => {
    const product = await startProduct(options);
    running = { product, driver: new CaseDriver(product) };
  }, START_MS);
  afterAll(() => running?.product.stop(), STOP_MS);
  return { product: () => here().product, driver: () => here().driver };
}
