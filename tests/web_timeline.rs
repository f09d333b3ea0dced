//! The timeline in a real browser's page: what is on its canvas, and what pointers, wheels and keys do
//! to it.
//!
//! `cargo xtask test --only wasm-plain` runs them.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::future::TimeoutFuture;
use timeslice::base::Nanos;
use timeslice::kernel::simulate;
use timeslice::scenario::limits::RunLimits;
use timeslice::scenario::text::parse;
use timeslice::ui::timeline::{
    Grouping, Panel, PanelState, Timeline, TimelineData, TimelineProps, TraceTable,
    TraceTableProps, Window,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{
    CanvasRenderingContext2d, Element, HtmlCanvasElement, HtmlElement, KeyboardEvent,
    KeyboardEventInit, PointerEvent, PointerEventInit, WheelEvent, WheelEventInit,
};
use yew::Callback;

wasm_bindgen_test_configure!(run_in_browser);

/// Sixty milliseconds of work, forty of waiting, forty of work.
const MIX: &str = r#"
format = 1
[machine]
costs = "free"
[[process]]
name = "writer"
program = "compute 60ms; sleep 40ms; compute 40ms"
"#;

/// So many slices that a page of the table can't hold them.
const SLICED: &str = r#"
format = 1
[machine]
costs = "free"
[scheduler]
quantum = "1ms"
[[process]]
name = "task"
count = 2
program = "compute 300ms"
"#;

fn data(text: &str) -> Rc<TimelineData> {
    let parsed = parse(text);
    assert!(!parsed.has_errors(), "{:?}", parsed.diagnostics);
    let trace = simulate(&parsed.scenario, RunLimits::PAGE);
    Rc::new(TimelineData::new(Rc::new(trace)))
}

/// What the timeline told the page.
#[derive(Clone, Default)]
struct Told {
    windows: Rc<RefCell<Vec<Window>>>,
    cursors: Rc<RefCell<Vec<Option<Nanos>>>>,
}

/// An element of 800 pixels, with the tokens that the timeline reads.
fn host() -> HtmlElement {
    let document = gloo::utils::document();
    let host: HtmlElement = document
        .create_element("div")
        .expect("an element")
        .unchecked_into();
    let style = host.style();
    for (name, value) in [
        ("width", "800px"),
        ("--surface", "#ffffff"),
        ("--sunken", "#808080"),
        ("--ink", "#000000"),
        ("--grid", "#ffffff"),
        ("--lane-1", "rgb(200 30 40)"),
    ] {
        style.set_property(name, value).expect("a property");
    }
    gloo::utils::body().append_child(&host).expect("a body");
    host
}

async fn mount(text: &str, told: &Told) -> HtmlElement {
    let host = host();
    let (windows, cursors) = (told.windows.clone(), told.cursors.clone());
    let props = TimelineProps {
        panels: vec![Panel {
            title: "Simulated".into(),
            subtitle: "".into(),
            state: PanelState::Ready(data(text)),
            row: 0,
            column: 0,
        }],
        window: Window::WHOLE,
        on_window: Callback::from(move |window| windows.borrow_mut().push(window)),
        cursor: None,
        on_cursor: Callback::from(move |cursor| cursors.borrow_mut().push(cursor)),
        grouping: Grouping::Lanes,
        on_grouping: None,
        theme_epoch: 0,
        columns: None,
        rows: ["Simulated".into(), "Real".into()],
    };
    yew::Renderer::<Timeline>::with_root_and_props(host.clone().into(), props).render();
    TimeoutFuture::new(120).await;
    let canvas = canvas(&host);
    // A canvas is as wide as its style sheet makes it; there is none here.
    canvas
        .style()
        .set_property("width", "800px")
        .expect("a property");
    TimeoutFuture::new(120).await;
    host
}

fn canvas(host: &Element) -> HtmlCanvasElement {
    host.query_selector("canvas")
        .expect("a selector")
        .expect("a canvas")
        .unchecked_into()
}

/// The colour at a share of the canvas' width, in the middle of the only lane.
fn colour(canvas: &HtmlCanvasElement, x: f64) -> [u8; 3] {
    let context: CanvasRenderingContext2d = canvas
        .get_context("2d")
        .expect("a canvas")
        .expect("a context")
        .unchecked_into();
    let ratio = f64::from(canvas.width()) / 800.0;
    let pixel = context
        .get_image_data(x * ratio, 10.0 * ratio, 1.0, 1.0)
        .expect("a pixel")
        .data();
    [pixel[0], pixel[1], pixel[2]]
}

/// The share of the plot's pixels that have the colour of work.
fn work(canvas: &HtmlCanvasElement) -> f64 {
    let columns = 160..800;
    let red = columns
        .clone()
        .filter(|x| colour(canvas, f64::from(*x)) == [200, 30, 40]);
    red.count() as f64 / columns.count() as f64
}

fn pointer(kind: &str, canvas: &HtmlCanvasElement, x: f64, y: f64) {
    let corner = canvas.get_bounding_client_rect();
    let init = PointerEventInit::new();
    init.set_bubbles(true);
    init.set_pointer_type("mouse");
    init.set_client_x((corner.left() + x) as i32);
    init.set_client_y((corner.top() + y) as i32);
    let event = PointerEvent::new_with_event_init_dict(kind, &init).expect("an event");
    canvas.dispatch_event(&event).expect("dispatched");
}

fn key(canvas: &HtmlCanvasElement, key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    let event =
        KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).expect("an event");
    canvas.dispatch_event(&event).expect("dispatched");
}

#[wasm_bindgen_test]
async fn the_canvas_shows_work_where_there_was_work() {
    let host = mount(MIX, &Told::default()).await;
    let canvas = canvas(&host);
    // A hundred of 140 ms, of which the window has a thirty-second more.
    let shown = work(&canvas);
    assert!(shown > 0.5 && shown < 0.8, "{shown}");
    let label = canvas.get_attribute("aria-label").unwrap_or_default();
    assert!(label.contains("140 ms long"), "{label}");
    host.remove();
}

#[wasm_bindgen_test]
async fn keys_zoom_and_the_page_hears_of_it_once_it_rests() {
    let told = Told::default();
    let host = mount(MIX, &told).await;
    let canvas = canvas(&host);
    key(&canvas, "Home");
    for _ in 0..4 {
        key(&canvas, "+");
    }
    TimeoutFuture::new(400).await;
    let windows = told.windows.borrow().clone();
    assert_eq!(windows.len(), 1, "{windows:?}");
    let whole = Window::fit(140_000_000);
    assert!(windows[0].span_ns() < whole.span_ns() / 5, "{windows:?}");
    key(&canvas, "0");
    TimeoutFuture::new(400).await;
    assert_eq!(told.windows.borrow().last(), Some(&Window::WHOLE));
    host.remove();
}

#[wasm_bindgen_test]
async fn a_wheel_zooms_with_ctrl_and_is_the_pages_without() {
    let told = Told::default();
    let host = mount(MIX, &told).await;
    let canvas = canvas(&host);
    let turn = |ctrl: bool| {
        let init = WheelEventInit::new();
        init.set_cancelable(true);
        init.set_bubbles(true);
        init.set_delta_y(-100.0);
        init.set_ctrl_key(ctrl);
        init.set_client_x(400);
        let event = WheelEvent::new_with_event_init_dict("wheel", &init).expect("an event");
        canvas.dispatch_event(&event).expect("dispatched");
        event.default_prevented()
    };
    assert!(!turn(false));
    TimeoutFuture::new(300).await;
    assert!(told.windows.borrow().is_empty());
    assert!(turn(true));
    TimeoutFuture::new(300).await;
    assert_eq!(told.windows.borrow().len(), 1);
    host.remove();
}

#[wasm_bindgen_test]
async fn a_pointer_brings_a_card_and_a_press_sets_the_cursor() {
    let told = Told::default();
    let host = mount(MIX, &told).await;
    let canvas = canvas(&host);
    pointer("pointermove", &canvas, 200.0, 20.0);
    TimeoutFuture::new(120).await;
    let card = host
        .query_selector(".timeline-card")
        .expect("a selector")
        .expect("a card");
    let said = card.text_content().unwrap_or_default();
    assert!(said.contains("writer"), "{said}");
    assert!(said.contains("60 ms"), "{said}");
    assert!(said.contains("blocked on timer"), "{said}");
    pointer("pointerdown", &canvas, 300.0, 20.0);
    pointer("pointerup", &canvas, 300.0, 20.0);
    TimeoutFuture::new(120).await;
    let cursors = told.cursors.borrow().clone();
    assert!(matches!(cursors[..], [Some(at)] if at.0 > 0), "{cursors:?}");
    key(&canvas, "Escape");
    assert_eq!(told.cursors.borrow().last(), Some(&None));
    host.remove();
}

#[wasm_bindgen_test]
async fn the_table_shows_a_page_of_intervals_at_once() {
    let host = host();
    let props = TraceTableProps { data: data(SLICED) };
    yew::Renderer::<TraceTable>::with_root_and_props(host.clone().into(), props).render();
    TimeoutFuture::new(60).await;
    let rows = || {
        let rows = host.query_selector_all("tbody tr").expect("a selector");
        let first = rows.item(0).and_then(|row| row.text_content());
        (rows.length(), first.unwrap_or_default())
    };
    let (count, first) = rows();
    assert_eq!(count, 200);
    assert!(first.starts_with("0 ns1 ms1 ms"), "{first}");
    let buttons = host.query_selector_all("button").expect("a selector");
    let later: HtmlElement = buttons.item(1).expect("a second button").unchecked_into();
    later.click();
    TimeoutFuture::new(60).await;
    assert!(rows().1.starts_with("200 ms201 ms1 ms"), "{}", rows().1);
    // The last page is a part of one.
    later.click();
    TimeoutFuture::new(60).await;
    assert!(rows().0 <= 200);
    host.remove();
}
