//! `/v1/plans…`: boundary redesigns, which this server does not offer; what would change data is
//! refused first.

use axum::extract::State;
use http::Method;

use crate::app::App;
use crate::problem::Problem;

pub(super) async fn plans(State(app): State<App>, method: Method) -> Problem {
    if method.is_safe() || app.config().allow_writes {
        Problem::RouteNotOffered
    } else {
        Problem::WritesNotAllowed
    }
}
