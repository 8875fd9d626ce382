//! Cutting the program that browsers load; `docs/size.md` says what it weighs.

/// Puts a function, and all that is used by it alone, into a file that a browser loads when it is needed first. Calling
/// it waits for that, and fails where there is no connection, or where the server has another build by now.
///
/// `chunk! { NAME, fn draw(what: What) -> Part { … } }` makes an `async fn draw(what: What) -> Result<Part, SplitLoaderError>`.
/// Functions of the same NAME are in the same file. `NAME(fetch)` makes an `async fn fetch()` too, which loads the file: after
/// it `draw` is ready at once.
///
/// Only builds for people are cut (`cargo leptos build --release --split`). One for developing is a single file.
macro_rules! chunk {
    ($chunk:ident $(($fetch:ident))?, $(#[$doc:meta])* fn $name:ident($($given:ident: $kind:ty),* $(,)?) -> $made:ty $body:block) => {
        #[cfg(debug_assertions)]
        $(#[$doc])*
        async fn $name($($given: $kind),*) -> Result<$made, leptos::wasm_split::SplitLoaderError> {
            Ok($body)
        }

        $(
            #[cfg(debug_assertions)]
            async fn $fetch() -> Result<(), leptos::wasm_split::SplitLoaderError> {
                Ok(())
            }
        )?

        #[cfg(not(debug_assertions))]
        #[leptos::wasm_split::wasm_split(
            $chunk, wasm_split_path = ::leptos::wasm_split, $(preload($fetch),)? fallible
        )]
        $(#[$doc])*
        fn $name($($given: $kind),*) -> Result<$made, leptos::wasm_split::SplitLoaderError> {
            Ok($body)
        }
    };
}
