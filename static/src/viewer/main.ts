import { init, RenderingEngine, Enums, imageLoader, metaData, cache, getWebWorkerManager } from '@cornerstonejs/core';
import { createImage, internal } from '@cornerstonejs/dicom-image-loader/imageLoader';
console.log(init, RenderingEngine, Enums, imageLoader, metaData, cache, getWebWorkerManager, createImage, internal);
