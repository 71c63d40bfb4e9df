/** The manifest as Cornerstone's metadata modules, so that nothing is read from DICOM headers. */
import type { Pixel, SeriesManifest } from './manifest';
import { imageIdOf, planeOfFrame } from './stack';

interface Known {
  series: SeriesManifest;
  frame: number;
}

/** Image Plane module (PS3.3 C.7.6.2). */
function imagePlane({ series, frame }: Known): Record<string, unknown> {
  const plane = planeOfFrame(series, frame);
  // Known also where there is no place in the patient, so that lengths are in mm.
  const spacing = series.spacing_mm ?? plane.spacing;
  return {
    frameOfReferenceUID: series.frame_of_reference ?? `none:${series.id}`,
    rows: plane.rows,
    columns: plane.columns,
    imagePositionPatient: [...plane.origin],
    imageOrientationPatient: [...plane.row, ...plane.column],
    rowCosines: [...plane.row],
    columnCosines: [...plane.column],
    rowPixelSpacing: spacing[0],
    columnPixelSpacing: spacing[1],
    pixelSpacing: [...spacing],
    usingDefaultValues: series.spacing_mm === null,
  };
}

/** Image Pixel module (PS3.3 C.7.6.3). */
function imagePixel({ series }: Known): Record<string, unknown> {
  const { pixel } = series;
  return {
    samplesPerPixel: pixel.samples_per_pixel,
    photometricInterpretation: pixel.photometric_interpretation,
    planarConfiguration: pixel.planar_configuration ?? 0,
    rows: pixel.rows,
    columns: pixel.columns,
    bitsAllocated: pixel.bits_allocated,
    bitsStored: pixel.bits_stored,
    highBit: pixel.high_bit,
    pixelRepresentation: pixel.pixel_representation,
    ...palette(pixel),
  };
}

/** Palette Color Lookup Tables (PS3.3 C.7.6.3.1.5 and 6). */
function palette({ palette: tables }: Pixel): Record<string, unknown> {
  if (!tables) return {};
  const modules: Record<string, unknown> = {};
  for (const colour of ['red', 'green', 'blue'] as const) {
    const data = Uint8Array.from(atob(tables[colour]), (letter) => letter.charCodeAt(0));
    modules[`${colour}PaletteColorLookupTableDescriptor`] = [data.length, tables.first, 8];
    modules[`${colour}PaletteColorLookupTableData`] = data;
  }
  return modules;
}

/** Modality LUT module (PS3.3 C.11.1); a frame may override its series. */
function modalityLut({ series, frame }: Known): Record<string, unknown> {
  const rescale = series.frames[frame]?.rescale ?? series.rescale;
  return { rescaleSlope: rescale.slope, rescaleIntercept: rescale.intercept };
}

function voiLut({ series }: Known): Record<string, unknown> | undefined {
  const { window } = series;
  return window ? { windowCenter: [window.center], windowWidth: [window.width] } : undefined;
}

/** A provider for `metaData.addProvider` over all frames of the given series. */
export function manifestProvider(
  series: readonly SeriesManifest[],
): (type: string, imageId: unknown) => Record<string, unknown> | undefined {
  const known = new Map<string, Known>();
  for (const one of series)
    one.frames.forEach((_, frame) => known.set(imageIdOf(one.id, frame), { series: one, frame }));
  return (type, imageId) => {
    const found = typeof imageId === 'string' ? known.get(imageId) : undefined;
    if (!found) return undefined;
    switch (type) {
      case 'imagePlaneModule':
        return imagePlane(found);
      case 'imagePixelModule':
        return imagePixel(found);
      case 'modalityLutModule':
        return modalityLut(found);
      case 'voiLutModule':
        return voiLut(found);
      case 'generalSeriesModule':
        return { modality: found.series.modality, seriesInstanceUID: found.series.id };
      default:
        return undefined;
    }
  };
}
