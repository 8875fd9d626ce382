//! What keeps things beyond the page: an IndexedDB database for each person, one object store in it, texts by
//! keys. Of several tabs one sends what waits: the one that holds a Web Lock, which is the one that was looked at
//! last, since a browser may put the others to sleep. Where there are no locks (plain http that isn't localhost)
//! each tab sends, and the server's look-up by client id makes one of it.

use crate::api::patience::within;
use crate::app::chat::{Chat, Keeper, Kept};
use crate::app::effects::effect;
use crate::shared::ids::UserId;
use js_sys::{Array, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use send_wrapper::SendWrapper;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;
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
    fn request_lock(name: &str, options: &Object, granted: &Function) -> Promise;
}

const STORE: &str = "kept";
/// A database that takes longer to write is taken for none: what is written is sent all the same.
const PATIENCE: Duration = Duration::from_secs(3);

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
    send_from_here(chat, name);
}

/// Sends when its turn has come: when the tab that sends has gone, or somebody looks at this one.
fn send_from_here(chat: Chat, name: String) {
    let navigator = window().navigator();
    let has_locks = Reflect::get(&navigator, &"locks".into()).is_ok_and(|locks| locks.is_object());
    if !has_locks {
        return begin_to_send(chat);
    }
    // How often this tab holds it: it may take it away from itself.
    let held = Rc::new(Cell::new(0));
    let (waits, waiting) = (name.clone(), held.clone());
    spawn_local(async move {
        // Taken away, it is waited for anew. One that is refused at once isn't to be had in this browser.
        while hold_lock(chat, &waits, false, &waiting).await {}
        begin_to_send(chat);
    });
    let take_away = move || {
        if !chat.sends.get_value() {
            let (name, held) = (name.clone(), held.clone());
            spawn_local(async move { _ = hold_lock(chat, &name, true, &held).await });
        }
    };
    let focused = take_away.clone();
    window_event_listener_untyped("focus", move |_| focused());
    effect(move || {
        if chat.visible.get() {
            take_away();
        }
    });
}

fn begin_to_send(chat: Chat) {
    chat.sends.set_value(true);
    // What another tab has left.
    chat.recall_outbox();
}

/// Sends for as long as it holds the lock: until another tab takes it away, or for ever. Whether it was granted.
/// A message that both have on the wire for a moment arrives once, and before what was written after it.
async fn hold_lock(chat: Chat, name: &str, take_away: bool, held: &Rc<Cell<u32>>) -> bool {
    let granted = Rc::new(Cell::new(false));
    let (grant, count) = (granted.clone(), held.clone());
    let grant = Closure::<dyn FnMut() -> Promise>::new(move || {
        grant.set(true);
        count.set(count.get() + 1);
        begin_to_send(chat);
        Promise::new(&mut |_, _| {})
    });
    let options = Object::new();
    _ = Reflect::set(&options, &"steal".into(), &take_away.into());
    let holding = request_lock(name, &options, grant.as_ref().unchecked_ref());
    _ = JsFuture::from(holding).await;
    if granted.get() {
        held.set(held.get() - 1);
        chat.sends.set_value(held.get() > 0);
    }
    granted.get()
}

struct IndexedDb {
    tabs: BroadcastChannel,
    database: Rc<Database>,
}

impl Keeper for IndexedDb {
    fn write(&self, changes: Kept) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        let database = self.database.clone();
        let writing = async move {
            let written = within(PATIENCE, database.write(&changes)).await;
            let written = written.is_some_and(|written| written.is_ok());
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
