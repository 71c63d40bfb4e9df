import { describe, expect, it } from 'vitest';
import { byGroup, valueText } from '../src/ai/findings';
import { wordOf } from '../src/ai/revise';
import { marksHint, runRequest, type MarkNeeds, type SystemChoice } from '../src/ai/systems';
import { area, Outlines, simplify, type Corner } from '../src/viewer/outlines';
import { isFrames, patientToPixel, pixelToPatient, planeAt, stackOf } from '../src/viewer/stack';
import { fromSlices, toSlices } from '../src/viewer/redraw';
import { madeSeries, tilted } from './made';

const SQUARE: Corner[] = [
  [2, 2],
  [12, 2],
  [12, 12],
  [2, 12],
];

describe('outlines', () => {
  it('are kept per series and frame, lesion and background apart', () => {
    const outlines = new Outlines();
    outlines.set('a', 3, 'lesion', SQUARE);
    outlines.set('a', 3, 'background', SQUARE.slice(0, 3));
    outlines.set('b', 3, 'lesion', SQUARE);
    expect(outlines.all.map(({ series, frame }) => `${series}/${frame}`)).toEqual(['a/3', 'b/3']);
    expect(outlines.at('a', 3)?.background).toHaveLength(3);
    expect(outlines.at('a', 4)).toBeNull();
  });

  it('are taken back newest first, skipping what is gone already', () => {
    const outlines = new Outlines();
    outlines.set('a', 0, 'lesion', SQUARE);
    outlines.set('b', 0, 'lesion', SQUARE);
    outlines.set('b', 0, 'background', SQUARE);
    expect(outlines.undo()).toBe(true);
    expect(outlines.at('b', 0)).toMatchObject({ background: null });
    expect(outlines.remove('b', 0)).toBe(true);
    expect(outlines.undo()).toBe(true);
    expect(outlines.all).toEqual([]);
    expect(outlines.undo()).toBe(false);
  });

  it('drawn by hand keep their shape with few corners', () => {
    const circle = Array.from({ length: 400 }, (_, i): Corner => {
      const angle = (2 * Math.PI * i) / 400;
      return [50 + 20 * Math.cos(angle), 40 + 20 * Math.sin(angle)];
    });
    const few = simplify(circle);
    expect(few.length).toBeLessThan(40);
    expect(area(few) / area(circle)).toBeGreaterThan(0.97);
  });

  it('leave straight sides with their ends alone', () => {
    const side = (from: Corner, to: Corner): Corner[] =>
      Array.from(
        { length: 10 },
        (_, i): Corner => [
          from[0] + ((to[0] - from[0]) * i) / 10,
          from[1] + ((to[1] - from[1]) * i) / 10,
        ],
      );
    const line = SQUARE.flatMap((corner, i) => side(corner, SQUARE[(i + 1) % 4]!));
    expect(simplify(line)).toEqual(SQUARE);
    expect(area(SQUARE)).toBe(100);
  });
});

describe('frames without a place in the patient', () => {
  const bare = [0, 1].map(() => ({ position_mm: null }));
  const stack = stackOf(
    madeSeries({ modality: 'US', orientation: null, spacing_mm: [0.3, 0.2], frames: bare }),
  );

  it('count in pixels although the size of a pixel is known', () => {
    const plane = planeAt(stack, 1);
    expect(plane.spacing).toEqual([1, 1]);
    expect(pixelToPatient(plane, 10, 20)).toEqual([10, 20, 1]);
    expect(patientToPixel(plane, [10, 20, 1])).toEqual([10, 20]);
  });

  it('are what lesions are outlined on', () => {
    expect(isFrames(stack)).toBe(true);
    expect(isFrames(stackOf(madeSeries()))).toBe(false);
  });
});

describe('what a system takes', () => {
  const choice = (marks: Partial<MarkNeeds>): SystemChoice => ({
    system: 's',
    name: 'S',
    title: 'S',
    images: 'stills',
    marks: { box: 'none', outline: 'none', background: 'none', most_outlines: 1, ...marks },
  });
  const box = { centre_mm: [1, 2, 3], size_mm: [4, 5, 6], series: 'a' } as const;
  const outline = { series: 'a', frame: 2, lesion: SQUARE, background: null };
  const both = { ...outline, background: SQUARE };
  const marked = { box, outlines: [both] };

  it('goes along, and nothing else', () => {
    expect(runRequest(choice({}), marked)).toEqual({ system: 's' });
    expect(runRequest(choice({ box: 'optional' }), marked)).toEqual({
      system: 's',
      lesions: [{ centre_mm: [1, 2, 3], size_mm: [4, 5, 6] }],
    });
    expect(runRequest(choice({ outline: 'required' }), marked)).toEqual({
      system: 's',
      outlines: [outline],
    });
    const taken = runRequest(choice({ outline: 'required', background: 'optional' }), marked);
    expect(taken.outlines).toEqual([both]);
  });

  it('is asked for until it is there', () => {
    const needs = choice({ outline: 'required', background: 'required', most_outlines: 4 });
    const hint = (outlines: (typeof outline | typeof both)[]): string =>
      marksHint(needs, { box: null, outlines });
    expect(hint([])).toContain('1 to 4 images');
    expect(hint([outline])).toContain('beside the lesion');
    expect(hint([both])).toBe('');
    expect(marksHint(choice({ box: 'required' }), { box: null, outlines: [] })).toContain('box');
    expect(marksHint(choice({ box: 'required' }), marked)).toBe('');
  });
});

describe('findings', () => {
  const finding = { group: 'features', name: 'APHE', value: 'yes', unit: '', reason: '' };

  it('are grouped in the order of the result', () => {
    const other = { ...finding, group: 'patient' };
    const groups = byGroup([finding, other, { ...finding, name: 'size' }]);
    expect(groups.map(([group, rows]) => [group, rows.length])).toEqual([
      ['features', 2],
      ['patient', 1],
    ]);
  });

  it('are written with their unit, shares as percentages, nothing as a dash', () => {
    const values = [null, true, 'LR-5', 23.456, 0.8751, -0.66].map((value, i) =>
      valueText({ ...finding, value, unit: ['', '', '', 'mm', 'probability', ''][i]! }),
    );
    expect(values).toEqual(['–', 'yes', 'LR-5', '23.46 mm', '88 %', '−0.66']);
  });

  it('go back to the server as words', () => {
    expect(wordOf([{ ...finding, value: 23.4 }], 'APHE')).toBe('23.4');
    expect(wordOf([{ ...finding, value: null }], 'APHE')).toBe('');
    expect(wordOf([], 'APHE')).toBe('');
  });
});

describe('a lesion redrawn on slices', () => {
  const stack = stackOf(madeSeries({ orientation: tilted(20) }));
  const drawn = [
    { series: 's1', frame: 2, lesion: SQUARE, background: null },
    { series: 's1', frame: 0, lesion: [], background: null },
    { series: 'other', frame: 1, lesion: SQUARE, background: null },
  ];

  it('goes to patient millimetres and comes back to the same frames and pixels', () => {
    const back = fromSlices(stack, toSlices(stack, drawn));
    expect(back.map(({ frame }) => frame)).toEqual([2, 0]);
    back[0]!.lesion!.forEach(([column, row], i) => {
      expect(column).toBeCloseTo(SQUARE[i]![0], 1);
      expect(row).toBeCloseTo(SQUARE[i]![1], 1);
    });
    expect(back[1]!.lesion).toEqual([]);
  });

  it('is sent the same again after it was shown', () => {
    const sent = toSlices(stack, drawn);
    expect(toSlices(stack, fromSlices(stack, sent))).toEqual(sent);
  });
});
