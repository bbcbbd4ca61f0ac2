import { describe, expect, it } from '@jest/globals';
import { drawPlot } from './line-plot.ts';

describe('a plot', () => {
  it('has a panel for each series, with its largest value and the time', () => {
    const svg = drawPlot([
      {
        title: 'heap & <thread>',
        unit: 'MB',
        points: [
          { atHours: 0, value: 10 },
          { atHours: 0.5, value: 40 },
        ],
      },
      { title: 'descriptors', unit: '', points: [{ atHours: 0.25, value: 7 }] },
    ]);
    expect(svg).toContain('heap &amp; &lt;thread&gt;');
    expect(svg).toContain('40 MB');
    expect(svg).toContain('30 min');
    expect(svg.match(/<polyline/g)).toHaveLength(2);
    expect(svg).toContain('points="70,118 880,28"');
  });

  it('is whole without any value', () => {
    expect(drawPlot([{ title: 'nothing', unit: '', points: [] }])).not.toMatch(/NaN|Infinity/);
  });
});
