import { layOutCity } from '../../../main/demonstration/city/lay-out-city';
import { withStoryOffice } from './with-story-office';

const story = withStoryOffice();

describe('The demonstration city', () => {
  it('is laid out by the product itself, and a second time changes nothing', async () => {
    const t = performance.now();
    const c = process.cpuUsage();
    const first = await layOutCity({ ...story(), stock: 4, say: (line) => console.log(line) });
    console.log(JSON.stringify(first), performance.now() - t, process.cpuUsage(c));
    expect(first.faults).toEqual([]);
  }, 600_000);
});
