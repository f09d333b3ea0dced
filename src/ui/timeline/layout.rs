//! The rows of a panel: which there are, how high they are, where they lie, which are visible and
//! which one is under the pointer. Pure; in CSS pixels, from the top of the first row.
//!
//! Called by `view` and `paint`.

use super::data::TimelineData;
use super::palette::process_name;
use crate::trace::{Lane, Origin, TaskId, Trace};

/// What a row of the timeline stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Grouping {
    /// A hardware thread (or a real worker) each.
    #[default]
    Lanes,
    /// A task each, under its process.
    Tasks,
}

/// What one row shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowKey {
    /// A lane.
    Lane(u8),
    /// A task.
    Task(TaskId),
    /// The name of the process that the tasks below belong to; its first task tells which.
    Process(TaskId),
}

/// How a row's name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// With the process.
    Full,
    /// Without the process, which is the same for all rows.
    Short,
    /// Without the process, which stands above.
    Indented,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What it shows.
    pub key: RowKey,
    /// Its upper edge.
    pub top_px: u32,
    /// Its height, without the space below it.
    pub height_px: u32,
    /// How its name is written.
    pub naming: Naming,
}

impl Row {
    /// Its lower edge.
    #[must_use]
    pub fn bottom_px(&self) -> u32 {
        self.top_px + self.height_px
    }
}

/// The rows of one panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    rows: Vec<Row>,
    height_px: u32,
    grouping: Grouping,
}

/// Above and below all rows.
const MARGIN_PX: u32 = 6;
/// More than this is scrolled inside the panel.
pub const MOST_VISIBLE_PX: u32 = 384;

impl Layout {
    /// Lays out a trace's rows.
    #[must_use]
    pub fn new(data: &TimelineData, grouping: Grouping) -> Layout {
        let mut layout = Layout {
            rows: Vec::new(),
            height_px: MARGIN_PX,
            grouping,
        };
        match grouping {
            Grouping::Lanes => layout.lanes(data),
            Grouping::Tasks => layout.tasks(data),
        }
        layout.height_px += MARGIN_PX;
        layout
    }

    fn lanes(&mut self, data: &TimelineData) {
        let lanes = &data.trace().lanes;
        let (height, space) = match lanes.len() {
            0..=1 => (40, 6),
            2..=4 => (28, 6),
            5..=8 => (24, 5),
            9..=16 => (18, 4),
            _ => (12, 3),
        };
        for (index, lane) in lanes.iter().enumerate() {
            // Siblings of one core stand closer together than cores do.
            let sibling_follows = lanes
                .get(index + 1)
                .is_some_and(|next| next.core == lane.core);
            let space = if sibling_follows { 1 } else { space };
            self.push(RowKey::Lane(index as u8), height, space, Naming::Full);
        }
    }

    fn tasks(&mut self, data: &TimelineData) {
        let order = data.tasks_in_order();
        let (height, space) = match order.len() {
            0..=8 => (22, 4),
            9..=24 => (18, 3),
            _ => (14, 2),
        };
        let process = |task: TaskId| data.trace().tasks[task.index()].process;
        let several = order
            .first()
            .is_some_and(|first| order.iter().any(|task| process(*task) != process(*first)));
        for group in order.chunk_by(|one, other| process(*one) == process(*other)) {
            let heading = several && group.len() > 1;
            if heading {
                self.height_px += if self.rows.is_empty() { 0 } else { 4 };
                self.push(RowKey::Process(group[0]), 16, 2, Naming::Full);
            }
            let naming = match (heading, several) {
                (true, _) => Naming::Indented,
                (false, false) if group.len() > 1 => Naming::Short,
                (false, _) => Naming::Full,
            };
            for task in group {
                self.push(RowKey::Task(*task), height, space, naming);
            }
        }
    }

    fn push(&mut self, key: RowKey, height_px: u32, space_px: u32, naming: Naming) {
        self.rows.push(Row {
            key,
            top_px: self.height_px,
            height_px,
            naming,
        });
        self.height_px += height_px + space_px;
    }

    /// All rows, from the top.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The height of all rows.
    #[must_use]
    pub fn height_px(&self) -> u32 {
        self.height_px
    }

    /// The height of what is seen of them at once.
    #[must_use]
    pub fn visible_px(&self) -> u32 {
        self.height_px.min(MOST_VISIBLE_PX)
    }

    /// What the rows stand for.
    #[must_use]
    pub fn grouping(&self) -> Grouping {
        self.grouping
    }

    /// The rows that can be seen between two heights.
    #[must_use]
    pub fn visible(&self, from_px: u32, to_px: u32) -> &[Row] {
        let first = self.rows.partition_point(|row| row.bottom_px() <= from_px);
        let last = self.rows.partition_point(|row| row.top_px < to_px);
        &self.rows[first..last.max(first)]
    }

    /// The row at a height; the space below a row belongs to it.
    #[must_use]
    pub fn hit(&self, y_px: f64) -> Option<Row> {
        if y_px < 0.0 || y_px >= f64::from(self.height_px) {
            return None;
        }
        let below = self
            .rows
            .partition_point(|row| f64::from(row.top_px) <= y_px);
        below.checked_sub(1).map(|index| self.rows[index])
    }
}

/// What stands at the left of a row.
#[must_use]
pub fn row_label(data: &TimelineData, row: &Row) -> String {
    let trace = data.trace();
    match row.key {
        RowKey::Lane(lane) => lane_name(trace, lane),
        RowKey::Task(task) if row.naming == Naming::Full => data.name(task).full.clone(),
        RowKey::Task(task) => data.name(task).short().to_owned(),
        RowKey::Process(first) => process_name(trace, first),
    }
}

/// A name for a lane: `core 0`, with siblings `core 0.1`, measured `worker 2`.
#[must_use]
pub fn lane_name(trace: &Trace, lane: u8) -> String {
    let noun = match trace.origin {
        Origin::Simulated => "core",
        Origin::Measured { .. } => "worker",
    };
    let Lane { core, sibling } = trace.lanes[usize::from(lane)];
    let siblings = |other: &Lane| other.core == core && other.sibling != sibling;
    if trace.lanes.iter().any(siblings) {
        format!("{noun} {core}.{sibling}")
    } else {
        format!("{noun} {core}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn every_height_hits_the_row_drawn_there() {
        let data = sample::data(sample::mix(4, 3));
        for grouping in [Grouping::Lanes, Grouping::Tasks] {
            let layout = Layout::new(&data, grouping);
            for row in layout.rows() {
                for y in row.top_px..row.bottom_px() {
                    assert_eq!(layout.hit(f64::from(y)), Some(*row));
                }
            }
            for pair in layout.rows().windows(2) {
                assert!(pair[0].bottom_px() <= pair[1].top_px);
            }
            assert_eq!(layout.hit(f64::from(layout.height_px())), None);
            assert_eq!(layout.hit(0.0), None);
        }
    }

    #[test]
    fn only_rows_in_sight_are_visible() {
        let data = sample::data(sample::mix(64, 1));
        let layout = Layout::new(&data, Grouping::Lanes);
        assert_eq!(layout.rows().len(), 64);
        assert_eq!(layout.visible_px(), MOST_VISIBLE_PX);
        let visible = layout.visible(100, 200);
        assert!(
            visible
                .iter()
                .all(|row| row.bottom_px() > 100 && row.top_px < 200)
        );
        assert_eq!(
            visible.len(),
            layout
                .rows()
                .iter()
                .filter(|row| row.bottom_px() > 100 && row.top_px < 200)
                .count()
        );
    }

    #[test]
    fn threads_of_a_process_stand_under_its_name() {
        let data = sample::data(sample::mix(2, 3));
        let layout = Layout::new(&data, Grouping::Tasks);
        let labels: Vec<String> = layout
            .rows()
            .iter()
            .map(|row| row_label(&data, row))
            .collect();
        assert_eq!(
            labels,
            ["editor", "encoder", "worker 0", "worker 1", "worker 2"]
        );
    }
}
