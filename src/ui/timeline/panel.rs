//! One panel: its heading, and its canvas or what there is to say instead. It mounts the canvas in
//! the view and turns the browser's events into wishes.
//!
//! Used by `component`.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions, EventListenerPhase};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlCanvasElement, ResizeObserver};
use yew::prelude::*;

use super::component::{Handle, Panel, PanelState};
use super::data::TimelineData;
use super::gesture::{Gesture, command};
use super::hover::sentence;
use super::layout::{Grouping, Layout};
use super::paint::AXIS_PX;
use super::place;
use super::raster::Raster;
use super::stage::{Mounted, Pointer};
use super::view::View;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct PanelViewProps {
    /// Its number among the panels.
    pub index: usize,
    pub panel: Panel,
    pub view: Handle,
    pub grouping: Grouping,
    /// Whether its run has been made ready.
    pub made: bool,
    /// The heading of its column, shown here where there is only one column.
    pub column: AttrValue,
}

/// See the module.
#[component]
pub(super) fn PanelView(props: &PanelViewProps) -> Html {
    let Panel {
        title,
        subtitle,
        state,
        ..
    } = &props.panel;
    // What was shown last stays while the next is being made.
    let last = use_mut_ref(|| None::<Rc<TimelineData>>);
    let data = match state {
        PanelState::Ready(data) => Some(data.clone()),
        PanelState::Busy { .. } => last.borrow().clone(),
        PanelState::Empty { .. } | PanelState::Failed { .. } => None,
    };
    last.replace(data.clone());
    let (kind, text) = match state {
        PanelState::Ready(_) => ("is-ready", None),
        PanelState::Empty { text } => ("is-empty", Some(text)),
        PanelState::Busy { text } => ("is-busy", Some(text)),
        PanelState::Failed { text } => ("is-failed", Some(text)),
    };
    let busy = matches!(state, PanelState::Busy { .. });
    html! {
        <figure class={classes!("timeline-panel", kind)} aria-busy={busy.to_string()}>
            <figcaption class="timeline-caption">
                <span class="timeline-caption-column">{ props.column.clone() }</span>
                if !title.is_empty() {
                    <span class="timeline-caption-title">{ title.clone() }</span>
                }
                if !subtitle.is_empty() {
                    <span class="timeline-caption-subtitle">{ subtitle.clone() }</span>
                }
            </figcaption>
            if let Some(data) = data {
                <Chart index={props.index} view={props.view.clone()} grouping={props.grouping} made={data.is_made(Grouping::Lanes)} data={Drawn(data)} />
            }
            if let Some(text) = text {
                <p class="timeline-says" role={matches!(state, PanelState::Failed { .. }).then_some("alert")}>{ text.clone() }</p>
            }
        </figure>
    }
}

/// Data as a property: the same if it is the same run.
#[derive(Clone)]
struct Drawn(Rc<TimelineData>);

impl PartialEq for Drawn {
    fn eq(&self, other: &Drawn) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ChartProps {
    index: usize,
    view: Handle,
    grouping: Grouping,
    made: bool,
    data: Drawn,
}

/// The canvas, the rows it may scroll over, and the two lines on it.
#[component]
fn Chart(props: &ChartProps) -> Html {
    let [canvas, scroller, spacer, pointed, cursor] = [(); 5].map(|()| NodeRef::default());
    // Node references have to be the same ones at every rendering.
    let refs = use_memo((), |()| [canvas, scroller, spacer, pointed, cursor]);
    let [canvas, scroller, spacer, pointed, cursor] = &*refs;
    let layout = use_memo((props.data.clone(), props.grouping), |(data, grouping)| {
        Layout::new(&data.0, *grouping)
    });
    {
        let (refs, layout) = (refs.clone(), layout.clone());
        let (index, view, data) = (props.index, props.view.0.clone(), props.data.clone());
        let dependencies = (index, props.data.clone(), props.grouping);
        use_effect_with(dependencies, move |_| {
            mount(&view, index, &refs, &data, &layout);
        });
    }
    {
        let (refs, view, index) = (refs.clone(), props.view.0.clone(), props.index);
        use_effect_with(props.index, move |_| {
            let listening = listen(&view, index, &refs);
            move || {
                drop(listening);
                view.unmount(index);
            }
        });
    }
    let label = use_memo((props.data.clone(), props.made), |(data, made)| {
        if *made {
            AttrValue::from(sentence(&data.0))
        } else {
            AttrValue::from("A run that is being made ready")
        }
    });
    html! {
        <div class="timeline-chart">
            <div class="timeline-scroller" ref={scroller}>
                <div class="timeline-spacer" ref={spacer}>
                    <canvas class="timeline-canvas" ref={canvas} tabindex="0" role="img"
                        aria-label={(*label).clone()} aria-describedby="timeline-hint" />
                </div>
            </div>
            <div class="timeline-line is-pointed" ref={pointed} aria-hidden="true"><span class="timeline-time"></span></div>
            <div class="timeline-line is-cursor" ref={cursor} aria-hidden="true"><span class="timeline-time"></span></div>
        </div>
    }
}

fn mount(view: &Rc<View>, index: usize, refs: &[NodeRef; 5], data: &Drawn, layout: &Rc<Layout>) {
    let [canvas, scroller, spacer, pointed, cursor] = refs;
    let elements = (
        canvas.cast::<HtmlCanvasElement>(),
        scroller.cast::<Element>(),
        spacer.cast::<Element>(),
        pointed.cast::<Element>(),
        cursor.cast::<Element>(),
    );
    let (Some(canvas), Some(scroller), Some(spacer), Some(pointed), Some(cursor)) = elements else {
        return;
    };
    let visible_px = layout.visible_px() + AXIS_PX;
    place::height(&scroller, visible_px);
    place::height(&canvas, visible_px);
    place::height(&spacer, layout.height_px() + AXIS_PX);
    for line in [&pointed, &cursor] {
        place::height(line, layout.visible_px());
    }
    // A browser without canvas has the text table.
    let context = canvas.get_context("2d").ok().flatten();
    let Some(context) = context.and_then(|context| context.dyn_into().ok()) else {
        return;
    };
    view.mount(
        index,
        Mounted {
            canvas,
            context,
            scroller,
            lines: [pointed, cursor],
            data: data.0.clone(),
            layout: layout.clone(),
            raster: Raster::default(),
            names_px: 0.0,
        },
    );
}

/// What ends with the chart.
struct Listening {
    _events: Vec<EventListener>,
    observer: Option<(ResizeObserver, Closure<dyn FnMut()>)>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some((observer, _)) = &self.observer {
            observer.disconnect();
        }
    }
}

fn listen(view: &Rc<View>, panel: usize, refs: &[NodeRef; 5]) -> Option<Listening> {
    let canvas: Element = refs[0].cast()?;
    let scroller: Element = refs[1].cast()?;
    let gesture = Rc::new(RefCell::new(Gesture::default()));
    let active = EventListenerOptions {
        phase: EventListenerPhase::Bubble,
        passive: false,
    };
    let on = |name: &'static str, handle: Box<dyn Fn(&Event)>| {
        EventListener::new_with_options(&canvas, name, active, move |event| handle(event))
    };
    let pointer_event =
        |name: &'static str, handle: fn(&Rc<View>, usize, &mut Gesture, &PointerEvent, Pointer)| {
            let (view, canvas, gesture) = (view.clone(), canvas.clone(), gesture.clone());
            on(
                name,
                Box::new(move |event| {
                    if let Some(event) = event.dyn_ref::<PointerEvent>() {
                        let corner = canvas.get_bounding_client_rect();
                        let pointer = Pointer {
                            panel,
                            x_px: f64::from(event.client_x()) - corner.left(),
                            y_px: f64::from(event.client_y()) - corner.top(),
                            finger: event.pointer_type() != "mouse",
                        };
                        handle(&view, panel, &mut gesture.borrow_mut(), event, pointer);
                    }
                }),
            )
        };
    let events = vec![
        pointer_event("pointerdown", pressed),
        pointer_event("pointermove", moved),
        pointer_event("pointerup", released),
        pointer_event("pointercancel", |_, _, gesture, event, _| {
            gesture.cancel(event.pointer_id());
        }),
        pointer_event("pointerleave", |view, _, gesture, event, _| {
            if event.pointer_type() == "mouse" && !gesture.is_dragging() {
                view.point(None);
            }
        }),
        {
            let (view, canvas) = (view.clone(), canvas.clone());
            on(
                "wheel",
                Box::new(move |event| wheel(&view, panel, &canvas, event)),
            )
        },
        {
            let view = view.clone();
            on("keydown", Box::new(move |event| key(&view, panel, event)))
        },
        {
            let view = view.clone();
            EventListener::new(&scroller, "scroll", move |_| view.repaint())
        },
    ];
    let resized = {
        let view = view.clone();
        Closure::<dyn FnMut()>::new(move || view.repaint())
    };
    let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
    if let Some(observer) = &observer {
        observer.observe(&canvas);
    }
    Some(Listening {
        _events: events,
        observer: observer.map(|observer| (observer, resized)),
    })
}

fn pressed(_: &Rc<View>, _: usize, gesture: &mut Gesture, event: &PointerEvent, at: Pointer) {
    if event.button() != 0 {
        return;
    }
    gesture.press(event.pointer_id(), at.x_px, at.y_px);
    if let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
    {
        // A pointer that is already gone can't be held, and need not be.
        let _ = target.set_pointer_capture(event.pointer_id());
    }
}

fn moved(view: &Rc<View>, panel: usize, gesture: &mut Gesture, event: &PointerEvent, at: Pointer) {
    match gesture.slide(event.pointer_id(), at.x_px, at.y_px) {
        Some(wish) => view.wish(panel, wish, at.finger),
        None if !at.finger && !gesture.is_dragging() => view.point(Some(at)),
        None => {}
    }
}

fn released(
    view: &Rc<View>,
    panel: usize,
    gesture: &mut Gesture,
    event: &PointerEvent,
    at: Pointer,
) {
    if let Some(wish) = gesture.release(event.pointer_id()) {
        view.wish(panel, wish, at.finger);
    }
}

/// Ctrl and the wheel, which is also what a touchpad's pinch looks like, zooms; sideways pans; a plain
/// wheel is the page's.
fn wheel(view: &Rc<View>, panel: usize, canvas: &Element, event: &Event) {
    let Some(event) = event.dyn_ref::<WheelEvent>() else {
        return;
    };
    let lines = match event.delta_mode() {
        WheelEvent::DOM_DELTA_LINE => 16.0,
        WheelEvent::DOM_DELTA_PAGE => 400.0,
        _ => 1.0,
    };
    let (x, y) = (event.delta_x() * lines, event.delta_y() * lines);
    let at_px = f64::from(event.client_x()) - canvas.get_bounding_client_rect().left();
    if event.ctrl_key() || event.meta_key() {
        event.prevent_default();
        // A pinch comes in many small steps, a wheel in few large ones.
        let strength = if y.abs() < 40.0 { 0.01 } else { 0.0025 };
        view.zoom_at(panel, at_px, (y * strength).exp());
    } else if event.shift_key() || x.abs() > y.abs() {
        event.prevent_default();
        view.pan_px(panel, if x == 0.0 { y } else { x });
    }
}

fn key(view: &Rc<View>, panel: usize, event: &Event) {
    let Some(event) = event.dyn_ref::<KeyboardEvent>() else {
        return;
    };
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    if let Some(command) = command(&event.key(), event.shift_key()) {
        event.prevent_default();
        view.command(Some(panel), command);
    }
}
