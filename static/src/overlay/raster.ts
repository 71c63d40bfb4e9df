/** Grid values on a slice as coloured pixels. */
import type { Plane } from '../viewer/stack';
import type { Colour } from './colormap';
import { sample, type Grid } from './grid';
import { pixelToGrid, rasterSize, regionOnPlane, type Region } from './placement';

export interface Raster {
  width: number;
  height: number;
  /** RGBA, not premultiplied. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
  /** Where its edges lie on the slice, in fractional pixels. */
  region: Region;
}

/** Cut a grid by the shown plane; null when they do not meet. */
export function rasterise(grid: Grid, plane: Plane, colour: Colour): Raster | null {
  const region = regionOnPlane(grid, plane);
  if (!region) return null;
  const [width, height] = rasterSize(grid, plane, region);
  const { origin, perColumn, perRow } = pixelToGrid(grid, plane);
  const columnStep = (region.right - region.left) / width;
  const rowStep = (region.bottom - region.top) / height;
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let j = 0; j < height; j += 1) {
    const row = region.top + (j + 0.5) * rowStep;
    for (let i = 0; i < width; i += 1) {
      const column = region.left + (i + 0.5) * columnStep;
      const value = sample(grid, [
        origin[0] + column * perColumn[0] + row * perRow[0],
        origin[1] + column * perColumn[1] + row * perRow[1],
        origin[2] + column * perColumn[2] + row * perRow[2],
      ]);
      rgba.set(colour(value), 4 * (j * width + i));
    }
  }
  return { width, height, rgba, region };
}
