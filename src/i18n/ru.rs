//! Русский.

use super::{AsideTexts, Calendar, Lang, Refusals, SeldomTexts, Texts};

pub(super) const TEXTS: Texts = Texts {
    lang: Lang::Ru,

    app: "Цифровые сообщения",
    language: "Язык",
    back: "Назад",
    close: "Закрыть",
    try_again: "Попробовать ещё раз",
    load_failed: "Не получилось загрузить.",
    somebody: "Кто-то",
    to_content: "Сразу к беседе",
    cancel: "Отменить",

    settings: "Настройки",
    themes: ["Как на устройстве", "Светлая", "Тёмная"],
    accents: ["Синий", "Зелёный", "Фиолетовый", "Оранжевый"],
    densities: ["Просторно", "Плотно"],

    go_to: "Куда перейти?",
    keys: [
        ("Ctrl K", "Найти беседу, человека, команду"),
        ("Alt ↑ ↓", "Соседняя беседа"),
        ("Enter", "Отправить"),
        ("Shift Enter", "Новая строка"),
        ("↑", "Исправить последнее, если поле пусто"),
        ("Esc", "Закрыть, передумать"),
        ("?", "Эта подсказка"),
    ],

    first_room: "Общая",

    conversations: "Беседы",
    people: "Люди",
    new_room: "Новая комната",
    open_rooms: "Открытые комнаты",
    finder_placeholder: "Найти человека или комнату",
    find: "Найти",
    found_title: "Поиск",
    nothing_found: "Ничего не нашлось",
    no_conversations: "Пока тихо",
    no_conversations_lead: "Найдите человека в поиске или загляните в открытые комнаты.",
    no_messages: "Сообщений пока нет",
    you_prefix: "Вы:",
    draft_prefix: "Черновик:",
    saved: "Избранное",
    saved_sub: "видите только вы",
    unread: |count| {
        let word = plural(
            count.into(),
            "непрочитанное сообщение",
            "непрочитанных сообщения",
            "непрочитанных сообщений",
        );
        format!("{count} {word}")
    },
    unread_many: "больше 99 непрочитанных сообщений",

    conversation: "Беседа",
    mute: ["Без звука на час", "Без звука на 8 часов", "Без звука насовсем"],
    archive: |count| format!("Архив ({count})"),
    actions_for: |title| format!("Что сделать с беседой «{title}»"),
    pinned: "закреплена",
    muted: "без звука",
    marked: "отмечена непрочитанной",

    write: "Написать",
    you_blocked: |name| format!("Вы заблокировали собеседника: {name}"),
    you_blocked_lead: "Личные сообщения друг друга вам не приходят. Об этом никто не узнает.",

    new_talk: "Новая беседа",

    profile: "Профиль",

    room_name: "Название",
    members: |count| {
        format!(
            "{count} {}",
            plural(count.into(), "участник", "участника", "участников")
        )
    },
    join: "Войти в комнату",
    join_lead: "Вы ещё не в этой комнате. Войдите, чтобы читать и писать.",
    details: "О беседе",
    and_more: |count| format!("и ещё {count}"),

    choose_conversation: "С кем поговорим?",
    choose_conversation_lead: "Выберите беседу слева или найдите человека.",
    messages: "Сообщения",
    be_first: "Здесь ещё никто не писал",
    be_first_lead: "Начните разговор — остальные подтянутся.",
    say_hello: |name| format!("Вы и {name}"),
    say_hello_lead: "Скажите «привет» — и разговор начнётся.",
    saved_empty: "Пишите сюда заметки и ссылки. Их видите только вы.",
    older: "Более ранние сообщения",
    newer: "Более новые сообщения",
    newest: "К последним сообщениям",
    new_messages: "Новые сообщения",
    typing_alone: "печатает…",
    typing: |names| match names {
        [one] => [one, " печатает…"].concat(),
        [one, other] => [one, " и ", other, " печатают…"].concat(),
        [one, others @ ..] => [one, " и ещё ", &others.len().to_string(), " печатают…"].concat(),
        [] => String::new(),
    },
    online: "в сети",
    seen: ["был(а) в сети в ", "был(а) в сети вчера в ", "был(а) в сети "],
    marks: ["отправлено", "доставлено", "прочитано"],
    to_the_end: "Вниз, к последним сообщениям",
    new_count: |count| {
        let words = plural(
            count.into(),
            "новое сообщение",
            "новых сообщения",
            "новых сообщений",
        );
        format!("{count} {words}")
    },

    write_message: "Сообщение",
    send: "Отправить",
    pending: "Отправляется…",
    not_sent: "Не отправлено.",
    retry: "Повторить",
    edit: "Изменить",
    editing: "Исправляем сообщение",
    discard: "Удалить",
    deleted: "Сообщение удалено",
    edited: "изменено",
    chars_over: |count| {
        let word = plural(count as u64, "лишний символ", "лишних символа", "лишних символов");
        format!("{count} {word}")
    },
    chars_left: |count| {
        let verb = plural(count as u64, "Остался", "Осталось", "Осталось");
        format!(
            "{verb} {count} {}",
            plural(count as u64, "символ", "символа", "символов")
        )
    },

    actions: "Действия с сообщением",
    answering: "Ответ на сообщение",
    forwarded_from: "Переслано:",
    pinned_message: "Закреплено",
    silent: "Без звука",
    not_shown: "Сообщение недоступно",
    next_mention: "К следующему упоминанию",
    emoji_groups: [
        "Смайлики",
        "Люди",
        "Животные и природа",
        "Еда и напитки",
        "Путешествия и места",
        "Занятия",
        "Предметы",
        "Символы",
        "Флаги",
    ],

    connecting: "Соединяемся…",
    offline: "Нет связи. Сообщения уйдут, как только она появится.",
    waiting: |count| {
        format!(
            "{} отправки: {count}.",
            plural(count as u64, "Ждёт", "Ждут", "Ждут")
        )
    },
    new_version: "Вышла новая версия — обновить",

    share_title: "Куда отправить?",

    not_found_title: "Здесь ничего нет",
    not_found_lead: "Такой страницы нет, или она не для вас.",
    to_start: "К беседам",

    refusals: Refusals {
        sign_in_first: "Сначала войдите.",
        not_found: "Такого здесь нет.",
        not_allowed: "Это вам менять нельзя.",
        room_closed: "Комната закрыта: её можно читать, но не писать в ней.",
        invitation_over: "Это приглашение больше не действует. Попросите новое.",
        bad_request: "Не получилось понять запрос. Обновите страницу и попробуйте снова.",
        text_empty: "Напишите хоть что-нибудь.",
        text_too_long: |chars, most| {
            format!(
                "Слишком длинно: {chars} {}, а помещается {most}.",
                plural(chars as u64, "символ", "символа", "символов")
            )
        },
        client_id_taken: "Это сообщение уже отправлено с другим текстом. Отправьте его заново.",
        withdrawn: "Это сообщение было удалено.",
        lost: "Сервер восстановили из старой копии, и этого сообщения в ней нет. Отправить его снова?",
        handle_invalid: |least, most| {
            format!(
                "Нужно от {least} до {most} букв, цифр или знаков _\u{a0}-\u{a0}. — начинаться должно с буквы или цифры."
            )
        },
        handle_taken: "Это имя занято, или есть очень похожее. Попробуйте другое.",
        name_invalid: |most| {
            format!(
                "Нужно имя до {most} {}, без невидимых знаков.",
                plural(most as u64, "символа", "символов", "символов")
            )
        },
        password_too_short: |least| {
            format!(
                "Коротковато: нужно хотя бы {least} {}.",
                plural(least as u64, "символ", "символа", "символов")
            )
        },
        password_too_long: "Такой длинный пароль не поместится. Сократите его.",
        password_weak: "Этот пароль легко угадать. Возьмите несколько не связанных слов.",
        wrong_password: "Имя пользователя или пароль не подходят.",
        picture_invalid: "Такую картинку не открыть. Подойдёт JPEG, PNG, WebP или GIF до 40 мегапикселей.",
        blocked: "Вы заблокировали этого человека. Разблокируйте, чтобы писать друг другу.",
        already_set_up: "Первый аккаунт уже создан. Войдите или зарегистрируйтесь.",
        time_invalid: "Выберите время в будущем, не дальше года.",
        too_many: |most| format!("Больше {most} не поместится."),
        too_large: |most| format!("Слишком большой запрос: помещается {} КБ.", most / 1024),
        too_fast: |seconds| {
            format!(
                "Слишком часто. Попробуйте через {seconds} {}.",
                plural(seconds, "секунду", "секунды", "секунд")
            )
        },
        unavailable: "Сервер сейчас занят. Попробуйте ещё раз через минуту.",
        broken: "Что-то сломалось у нас. Попробуйте ещё раз.",
        offline: "Нет связи с сервером.",
    },

    calendar: Calendar {
        months: [
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ],
        months_short: [
            "янв.",
            "февр.",
            "марта",
            "апр.",
            "мая",
            "июня",
            "июля",
            "авг.",
            "сент.",
            "окт.",
            "нояб.",
            "дек.",
        ],
        weekdays: [
            "понедельник",
            "вторник",
            "среда",
            "четверг",
            "пятница",
            "суббота",
            "воскресенье",
        ],
        weekdays_short: ["пн", "вт", "ср", "чт", "пт", "сб", "вс"],
        today: "Сегодня",
        yesterday: "Вчера",
        date: |day, month| format!("{day} {month}"),
        date_with_year: |day, month, year| format!("{day} {month} {year}"),
    },
};

pub(super) const ASIDE: AsideTexts = AsideTexts {
    save: "Сохранить",
    appearance: "Внешний вид",
    theme: "Тема",
    accent: "Цвет",
    density: "Плотность",
    account: "Аккаунт",
    command: "Команда",
    shortcuts: "Горячие клавиши",
    sign_out: "Выйти",
    rooms: "Комнаты",
    nothing_found_for: |query| format!("По запросу «{query}» ничего не нашлось"),
    pin: "Закрепить вверху",
    unpin: "Открепить",
    unmute: "Включить звук",
    archive_it: "Убрать в архив",
    unarchive: "Вернуть из архива",
    mark_unread: "Отметить непрочитанной",
    mark_read: "Отметить прочитанной",
    block: "Заблокировать",
    unblock: "Разблокировать",
    common_rooms: "Общие комнаты",
    local_time: |time| format!("там сейчас {time}"),
    find_people: "Найти людей",
    talk_with: "С кем",
    talk_with_placeholder: "@anna @boris",
    talk_with_hint: "Имена пользователей через пробел: одно или несколько. Название можно дать потом.",
    begin_talk: "Начать беседу",
    nobody_found: "Кого-то из этих людей не нашлось. Проверьте имена.",
    name: "Имя",
    about: "О себе",
    about_placeholder: "Например, «в отпуске до пятницы»",
    privacy: "Что видят другие",
    shows_reading: "Что я прочитал(а)",
    shows_presence: "Когда я в сети",
    privacy_hint: "Что вы скрываете от других, того и вы о них не узнаете.",
    readers: "Прочитали",
    show_zone: "Показывать моё местное время",
    picture: "Картинка",
    picture_hint: "JPEG, PNG, WebP или GIF до 5 МБ. Останется середина.",
    set_picture: "Поставить картинку",
    remove_picture: "Убрать картинку",
    blocked_people: "Заблокированные",
    room_name_placeholder: "Например, «Выходные за городом»",
    room_kind: "Кто может войти",
    room_open: "Все желающие",
    room_open_hint: "Комната видна в списке открытых.",
    room_invited: "Только по приглашению",
    room_invited_hint: "О ней знают лишь те, кого позвали.",
    make_room: "Создать комнату",
    join_short: "Войти",
    leave: "Покинуть комнату",
    open: "Открыть",
    add_person: "Позвать человека",
    add_person_handle: "Например, @anna",
    add: "Позвать",
    no_open_rooms: "Открытых комнат пока нет. Создайте первую!",
    answer: "Ответить",
    forward: "Переслать",
    forward_to: "Куда переслать?",
    copy_text: "Копировать текст",
    copy_link: "Копировать ссылку",
    text_copied: "Скопировано.",
    not_copied: "Не получилось скопировать.",
    pin_message: "Закрепить",
    unpin_message: "Открепить",
    who_responded: "Кто отреагировал",
    who_read: "Кто прочитал",
    responses: "Отклики",
    no_responses: "Пока никто не прочитал.",
    earlier_texts: "Прежние версии",
    select: "Выбрать",
    selected: |count| format!("Выбрано: {count}"),
    delete: "Удалить",
    undo: "Вернуть",
    messages_deleted: |count| match count {
        1 => "Сообщение удалено".into(),
        count => format!("Удалено: {count}"),
    },
    nothing_of_yours: "Удалять можно только свои сообщения.",
    more_emoji: "Другие эмодзи",
    finder_emoji: "Найти эмодзи",
    loading: "Загружаем…",
    pins: "Закреплённые сообщения",
    other_ways: "Отправить иначе",
    send_silently: "Отправить без звука",
    send_later: "Отправить позже…",
    in_an_hour: "Через час",
    today_at: |time| format!("Сегодня в {time}"),
    tomorrow_at: |time| format!("Завтра в {time}"),
    day_at: |day, time| format!("{day} в {time}"),
    due: "Когда отправить",
    schedule: "Запланировать",
    scheduled_for: |when| format!("Запланировано: {when}."),
    schedule_offline: "Сейчас нет связи. Запланировать можно, когда она появится, а текст останется в поле.",
    scheduled: "Запланированные сообщения",
    scheduled_count: |count| format!("Запланировано: {count}"),
    scheduled_failed: |count| format!("не отправлено: {count}"),
    share_text: "Что отправить",
    share_lead: "Текст окажется в поле для сообщения. Отправить его останется вам.",

    set_password_lead: "Задайте пароль, чтобы войти с другого устройства",
    not_now: "Не сейчас",
    history: "Что увидят новые участники",
    history_all: "Всю переписку",
    history_since: "Только новое",
};

pub(super) const SELDOM: SeldomTexts = SeldomTexts {
    handle: "Имя пользователя",
    handle_hint: |now| {
        format!(
            "Сейчас {now}. По нему вас находят, с ним вы входите. Прежние имена останутся вашими и тоже приведут к вам."
        )
    },
    change_handle: "Сменить имя",
    set_password: "Задать пароль",
    new_password: "Новый пароль",
    new_password_hint: |least| {
        format!(
            "Не короче {least} {}.",
            plural(least as u64, "символа", "символов", "символов")
        )
    },
    sign_out_lost: "У аккаунта нет пароля: если выйти, вернуться в него не получится.",
    sign_out_anyway: "Всё равно выйти",
    newcomers: "Вход по ссылке",
    newcomers_on: "По приглашению можно войти без пароля: достаточно назвать имя.",
    newcomers_off: "По приглашению входят только те, у кого есть аккаунт или кто его создаст.",
    turn_on: "Разрешить входить без пароля",
    turn_off: "Запретить",

    edit_room: "Изменить комнату",
    room_description: "О чём она",
    history_since_hint: "Новые участники не видят того, что было до них.",
    roles: ["участник", "модератор", "владелец"],
    make_role: ["Сделать участником", "Сделать модератором", "Сделать владельцем"],
    member_actions: |name| format!("Что сделать: {name}"),
    remove: "Удалить из комнаты",
    remove_sure: |name| format!("{name} больше не увидит, что здесь пишут."),
    remove_now: "Удалить",
    close_room: "Закрыть комнату",
    close_room_lead: "Писать здесь больше никто не сможет, читать — как раньше. Потом её можно открыть снова.",
    close_room_now: "Закрыть",
    reopen_room: "Открыть комнату снова",
    invitations: "Ссылки-приглашения",
    invite: "Пригласить по ссылке",
    make_invitation: "Создать ссылку",
    invitation_link: "Ссылка",
    invitation_picture: "QR-код",
    invitation_hours: "Сколько действует",
    hours: ["Час", "День", "7 дней", "30 дней", "Бессрочно"],
    invitation_uses: "Сколько человек войдёт",
    uses: ["1", "10", "100", "Сколько угодно"],
    invitation_uses_left: |count| match count {
        Some(count) => format!(
            "ещё {count} {}",
            plural(count.into(), "человек", "человека", "человек")
        ),
        None => "для всех".to_owned(),
    },
    invitation_until: |time| format!("до {time}"),
    invitation_for_ever: "бессрочно",
    nothing_scheduled: "Ничего не запланировано",
    nothing_scheduled_lead: "Напишите сообщение и выберите «Отправить позже» рядом с кнопкой отправки.",
    all_scheduled: "Все запланированные",
    send_now: "Отправить сейчас",
    change: "Изменить",
    message_text: "Текст сообщения",
    unschedule: "Не отправлять",
    unschedule_sure: "Сообщение удалится, и его никто не увидит.",
    unschedule_now: "Удалить",
    not_there: "Вас больше нет в этой беседе.",
    revoke: "Отозвать",
    copy: "Скопировать",
    copied: "Ссылка скопирована.",
};

/// The form of a noun after a number: 1, 21, 101 take the first; 2–4, 22–24 the second; the rest,
/// 11–14 among them, the third.
pub(crate) fn plural(count: u64, one: &'static str, few: &'static str, many: &'static str) -> &'static str {
    match (count % 10, count % 100) {
        (_, 11..=14) => many,
        (1, _) => one,
        (2..=4, _) => few,
        _ => many,
    }
}

#[cfg(test)]
mod tests {
    use super::TEXTS;

    #[test]
    fn numbers_bend_their_nouns() {
        let cases = [
            (0, "0 участников"),
            (1, "1 участник"),
            (2, "2 участника"),
            (4, "4 участника"),
            (5, "5 участников"),
            (11, "11 участников"),
            (12, "12 участников"),
            (14, "14 участников"),
            (20, "20 участников"),
            (21, "21 участник"),
            (22, "22 участника"),
            (111, "111 участников"),
            (114, "114 участников"),
            (121, "121 участник"),
            (1_000_002, "1000002 участника"),
        ];
        for (count, said) in cases {
            assert_eq!((TEXTS.members)(count), said);
        }
    }

    #[test]
    fn the_word_before_the_number_bends_too() {
        assert_eq!((TEXTS.chars_left)(1), "Остался 1 символ");
        assert_eq!((TEXTS.chars_left)(3), "Осталось 3 символа");
        assert_eq!((TEXTS.chars_left)(11), "Осталось 11 символов");
    }
}
