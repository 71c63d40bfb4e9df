import { describe, expect, it } from 'vitest';
import { directionLetters, edgeLetters, planeName, positionText } from '../src/viewer/orientation';

describe('letters (PS3.3 C.7.6.1.1.1)', () => {
  it('names the edges of an axial image', () => {
    expect(edgeLetters([1, 0, 0], [0, 1, 0])).toEqual({
      left: 'R',
      right: 'L',
      top: 'A',
      bottom: 'P',
    });
  });

  it('follows a flipped image', () => {
    expect(edgeLetters([-1, 0, 0], [0, 1, 0])).toMatchObject({ left: 'L', right: 'R' });
  });

  it('names coronal and sagittal images', () => {
    expect(edgeLetters([1, 0, 0], [0, 0, -1])).toMatchObject({ top: 'H', bottom: 'F' });
    expect(edgeLetters([0, 1, 0], [0, 0, -1])).toMatchObject({ left: 'A', right: 'P' });
  });

  it('puts the stronger letter first and leaves weak ones out', () => {
    expect(directionLetters([0.6, 0, 0.8])).toBe('HL');
    expect(directionLetters([0.99, 0.1, 0.1])).toBe('L');
    expect(directionLetters([0, 0, 0])).toBe('');
  });
});

it('names planes, oblique beyond about 14 degrees', () => {
  expect(planeName([1, 0, 0], [0, 1, 0])).toBe('axial');
  expect(planeName([1, 0, 0], [0, 0, -1])).toBe('coronal');
  expect(planeName([0, 1, 0], [0, 0, -1])).toBe('sagittal');
  expect(planeName([Math.SQRT1_2, 0, Math.SQRT1_2], [0, 1, 0])).toBe('oblique');
});

it('says a position with its direction instead of a sign', () => {
  expect(positionText(12.5, [0, 0, 1])).toBe('H 12.5 mm');
  expect(positionText(-40, [0, 0, 1])).toBe('F 40.0 mm');
});
