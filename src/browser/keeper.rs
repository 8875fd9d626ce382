//! What keeps things beyond the page: an IndexedDB database for each person, one object store in it, texts by
//! keys. Of several tabs one sends what waits: the one that holds a Web Lock. Where there are no locks (plain
//! http that isn't localhost) each tab sends, and the server's look-up by client id makes one of it.

use crate::app::chat::{Chat, Keeper, Kept};
use crate::shared::ids::UserId;
use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use send_wrapper::SendWrapper;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction, IdbTransactionMode};

#[wasm_bindgen]
extern "C" {
    type BroadcastChannel;
    #[wasm_bindgen(constructor)]
    fn new(name: &str) -> BroadcastChannel;
    #[wasm_bindgen(method, setter)]
    fn set_onmessage(this: &BroadcastChannel, heard: &Function);
    #[wasm_bindgen(method, js_name = postMessage)]
    fn post_message(this: &BroadcastChannel, message: &JsValue);

    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request)]
    fn request_lock(name: &str, granted: &Function) -> Promise;
}

const STORE: &str = "kept";

/// Begins keeping for the person whose page it is.
pub(super) fn start(chat: Chat, me: UserId) {
    let name = ["digital-messages-", &me.to_string()].concat();
    let tabs = BroadcastChannel::new(&name);
    let heard = Closure::<dyn FnMut()>::new(move || chat.recall_outbox());
    tabs.set_onmessage(heard.into_js_value().unchecked_ref());
    let keeper = IndexedDb {
        tabs,
        database: Rc::new(Database {
            name: name.clone(),
            open: RefCell::default(),
        }),
    };
    chat.keeper.set_value(Some(Rc::new(keeper)));
    chat.recall_drafts();
    chat.recall_list(false);
    chat.recall_outbox();
    send_from_here(chat, &name);
}

/// Once this tab's turn has come it sends, for as long as it lives.
fn send_from_here(chat: Chat, name: &str) {
    let granted = move || {
        chat.sends.set_value(true);
        // What another tab has left.
        chat.recall_outbox();
        Promise::new(&mut |_, _| {})
    };
    let navigator = window().navigator();
    let has_locks = Reflect::get(&navigator, &"locks".into()).is_ok_and(|locks| locks.is_object());
    if has_locks {
        let granted = Closure::<dyn FnMut() -> Promise>::new(granted);
        _ = request_lock(name, granted.into_js_value().unchecked_ref());
    } else {
        _ = granted();
    }
}

struct IndexedDb {
    tabs: BroadcastChannel,
    database: Rc<Database>,
}

impl Keeper for IndexedDb {
    fn write(&self, changes: Kept) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        let database = self.database.clone();
        let writing = async move {
            let written = database.write(&changes).await.is_ok();
            if !written {
                database.open.take();
            }
            written
        };
        Box::pin(SendWrapper::new(writing))
    }

    fn read(&self, from: &str, to: &str) -> Pin<Box<dyn Future<Output = Option<Vec<String>>> + Send>> {
        let (database, from, to) = (self.database.clone(), JsValue::from(from), JsValue::from(to));
        let reading = async move { database.read(&from, &to).await.ok() };
        Box::pin(SendWrapper::new(reading))
    }

    fn tell_tabs(&self) {
        self.tabs.post_message(&JsValue::NULL);
    }
}

/// The database, opened when it is first needed.
struct Database {
    name: String,
    open: RefCell<Option<Promise>>,
}

impl Database {
    /// Transactions are begun in the order of the calls: each waits for the same opening.
    async fn begin(&self, mode: IdbTransactionMode) -> Result<(IdbTransaction, IdbObjectStore), JsValue> {
        let opening = self
            .open
            .borrow_mut()
            .get_or_insert_with(|| open(self.name.clone()))
            .clone();
        let database: IdbDatabase = JsFuture::from(opening).await?.unchecked_into();
        let transaction = database.transaction_with_str_and_mode(STORE, mode)?;
        let store = transaction.object_store(STORE)?;
        Ok((transaction, store))
    }

    async fn write(&self, changes: &Kept) -> Result<(), JsValue> {
        let (transaction, store) = self.begin(IdbTransactionMode::Readwrite).await?;
        for (key, value) in changes {
            match value {
                Some(value) => store.put_with_key(&value.into(), &key.into())?,
                None if key.ends_with('/') => {
                    let all = IdbKeyRange::bound(&key.into(), &[key, "\u{ffff}"].concat().into())?;
                    store.delete(&all.into())?
                }
                None => store.delete(&key.into())?,
            };
        }
        let done = Promise::new(&mut |resolve, reject| {
            transaction.set_oncomplete(Some(&resolve));
            transaction.set_onabort(Some(&reject));
        });
        // Not left to the page, which would have to live on until the last answer: the tab may be killed now.
        // (web-sys calls it deprecated; no browser does.)
        #[allow(deprecated)]
        transaction.commit()?;
        JsFuture::from(done).await.map(drop)
    }

    async fn read(&self, from: &JsValue, to: &JsValue) -> Result<Vec<String>, JsValue> {
        let (_, store) = self.begin(IdbTransactionMode::Readonly).await?;
        let request = store.get_all_with_key(&IdbKeyRange::bound(from, to)?.into())?;
        JsFuture::from(answered(&request)).await?;
        let values: Array = request.result()?.unchecked_into();
        Ok(values.iter().filter_map(|value| value.as_string()).collect())
    }
}

fn answered(request: &IdbRequest) -> Promise {
    Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    })
}

fn open(name: String) -> Promise {
    wasm_bindgen_futures::future_to_promise(async move {
        let factory = window().indexed_db()?.ok_or(JsValue::NULL)?;
        let request = factory.open(&name)?;
        let making = request.clone();
        let make = Closure::<dyn FnMut()>::new(move || {
            let database = making.result().map(JsCast::unchecked_into::<IdbDatabase>);
            _ = database.and_then(|database| database.create_object_store(STORE));
        });
        request.set_onupgradeneeded(Some(make.as_ref().unchecked_ref()));
        JsFuture::from(answered(&request)).await?;
        request.result()
    })
}
