//! Pictures of people and rooms: whatever is sent becomes a small square JPEG, so that nothing of what was in the file goes on.

use crate::shared::limits::{PICTURE_BYTES, PICTURE_PIXELS, PICTURE_SIDE};
use crate::shared::refusal::Refusal;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};
use std::io::Cursor;
use tokio::sync::Semaphore;

/// Unpacking takes a core and a lot of memory.
static AT_ONCE: Semaphore = Semaphore::const_new(2);
/// Of the largest picture that is unpacked, 16 bits a channel.
const BYTES: u64 = PICTURE_PIXELS * 8;
const QUALITY: u8 = 85;

/// What was sent, as it may be kept; nothing stays nothing.
///
/// # Errors
/// `TooLarge`, `PictureInvalid`.
pub async fn parse(sent: Option<Vec<u8>>) -> Result<Option<Vec<u8>>, Refusal> {
    match sent {
        Some(bytes) if bytes.len() > PICTURE_BYTES => Err(Refusal::TooLarge { most: PICTURE_BYTES }),
        Some(bytes) => square(bytes).await.map(Some),
        None => Ok(None),
    }
}

/// The middle of a picture as a JPEG of [`PICTURE_SIDE`] pixels each way.
///
/// # Errors
/// `PictureInvalid`: not a JPEG, PNG, WebP or GIF, or one of too many pixels.
async fn square(bytes: Vec<u8>) -> Result<Vec<u8>, Refusal> {
    let _turn = AT_ONCE.acquire().await.map_err(|_| Refusal::Broken)?;
    let making = tokio::task::spawn_blocking(move || make(&bytes));
    making
        .await
        .map_err(|_| Refusal::Broken)?
        .ok_or(Refusal::PictureInvalid)
}

fn make(bytes: &[u8]) -> Option<Vec<u8>> {
    let (image, orientation) = unpack(bytes)?;
    let (wide, high) = image.dimensions();
    let side = wide.min(high);
    let middle = image.crop_imm((wide - side) / 2, (high - side) / 2, side, side);
    drop(image);
    let mut small = middle.resize_exact(PICTURE_SIDE, PICTURE_SIDE, FilterType::Triangle);
    // Of a square it comes to the same as before cutting.
    small.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    on_white(&small).write_with_encoder(encoder).ok()?;
    Some(jpeg)
}

/// The first frame. Its size is looked at before anything else of it.
fn unpack(bytes: &[u8]) -> Option<(DynamicImage, Orientation)> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let kinds = [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Gif,
    ];
    reader.format().filter(|kind| kinds.contains(kind))?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (wide, high) = decoder.dimensions();
    let pixels = u64::from(wide) * u64::from(high);
    if pixels == 0 || pixels > PICTURE_PIXELS {
        return None;
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Some((DynamicImage::from_decoder(decoder).ok()?, orientation))
}

/// A JPEG knows no transparency.
fn on_white(image: &DynamicImage) -> RgbImage {
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0;
        let over = |colour: u8| {
            let (colour, alpha) = (u32::from(colour), u32::from(alpha));
            ((colour * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        Rgb([over(red), over(green), over(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgba, RgbaImage};

    fn png(image: &RgbaImage) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, ImageFormat::Png).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn the_middle_of_a_picture_is_left() {
        // Red at both ends, nothing in the middle.
        let image = RgbaImage::from_fn(300, 100, |x, _| match x {
            100..200 => Rgba([0, 0, 0, 0]),
            _ => Rgba([255, 0, 0, 255]),
        });
        let square = image::load_from_memory(&make(&png(&image)).unwrap()).unwrap();
        assert_eq!(square.dimensions(), (PICTURE_SIDE, PICTURE_SIDE));
        let [red, green, blue, _] = square.get_pixel(10, 128).0;
        assert!(red > 250 && green > 250 && blue > 250, "{red} {green} {blue}");
    }

    #[test]
    fn what_is_too_large_is_refused_by_its_head() {
        let image = RgbaImage::new(1, 1);
        let mut bytes = png(&image);
        // A PNG's width and height stand in its head, with a sum after them.
        bytes[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        assert!(make(&bytes).is_none());
        assert!(make(b"<svg xmlns='http://www.w3.org/2000/svg'/>").is_none());
        assert!(make(b"").is_none());
    }
}
