import { layOutCity } from '../../../main/demonstration/city/lay-out-city';
import { withStoryOffice } from './with-story-office';

const story = withStoryOffice();

describe('The demonstration city', () => {
  it('is laid out by the product itself, and a second time changes nothing', async () => {
    const t = performance.now();
    const first = await layOutCity({ ...story(), stock: 12, say: (line) => console.log(line) });
    console.log(JSON.stringify(first), performance.now() - t);
    expect(first.faults).toEqual([]);
  }, 600_000);
});
