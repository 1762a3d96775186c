//! Functions for JavaScript with the least that Node-API needs: numbers and typed arrays in, one number out.
//!
//! A method of a class that napi-rs generates costs 0.4 us and more before it does anything, which is most of what a
//! short stream costs. So the calls of each stream and chunk go this way; all others are methods.

use std::{
    ffi::{CStr, c_void},
    ptr, slice,
};

use napi::{
    Env, JsValue, Status,
    bindgen_prelude::{Object, Unknown},
    sys,
};

/// What a function gets and gives.
pub(crate) type RawCall = fn(&mut Arguments) -> f64;

const MAX_ARGUMENTS: usize = 6;

/// The arguments of one call. One that is missing or of another type reads as zero or empty.
pub(crate) struct Arguments {
    env: sys::napi_env,
    values: [sys::napi_value; MAX_ARGUMENTS],
}

impl Arguments {
    pub(crate) fn u32(&self, index: usize) -> u32 {
        let mut value = 0;
        // SAFETY: both are valid during the call.
        unsafe { sys::napi_get_value_uint32(self.env, self.values[index], &mut value) };
        value
    }

    pub(crate) fn i32(&self, index: usize) -> i32 {
        let mut value = 0;
        // SAFETY: both are valid during the call.
        unsafe { sys::napi_get_value_int32(self.env, self.values[index], &mut value) };
        value
    }

    pub(crate) fn f64(&self, index: usize) -> f64 {
        let mut value = 0.0;
        // SAFETY: both are valid during the call.
        unsafe { sys::napi_get_value_double(self.env, self.values[index], &mut value) };
        value
    }

    pub(crate) fn bool(&self, index: usize) -> bool {
        let mut value = false;
        // SAFETY: both are valid during the call.
        unsafe { sys::napi_get_value_bool(self.env, self.values[index], &mut value) };
        value
    }

    /// The bytes of a `Uint8Array`.
    pub(crate) fn bytes(&mut self, index: usize) -> &mut [u8] {
        self.elements(index, sys::TypedarrayType::uint8_array)
    }

    /// The numbers of a `Float64Array`.
    pub(crate) fn doubles(&mut self, index: usize) -> &mut [f64] {
        self.elements(index, sys::TypedarrayType::float64_array)
    }

    fn elements<T>(&mut self, index: usize, wanted: sys::napi_typedarray_type) -> &mut [T] {
        let (mut kind, mut length, mut data) = (0, 0, ptr::null_mut());
        // SAFETY: all are valid during the call; what is not asked for may be null.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                self.env,
                self.values[index],
                &mut kind,
                &mut length,
                &mut data,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        if status != sys::Status::napi_ok || kind != wanted || data.is_null() {
            return &mut [];
        }
        // SAFETY: JavaScript waits inside this call, so the memory stays and nobody else touches it; the borrow of
        // `self` keeps a second slice, perhaps of the same array, from being made.
        unsafe { slice::from_raw_parts_mut(data.cast(), length) }
    }
}

/// Makes functions of `calls` and puts them into `target`.
pub(crate) fn export(
    env: &Env,
    target: &mut Object<'_>,
    calls: &'static [(&'static CStr, RawCall)],
) -> napi::Result<()> {
    for call in calls {
        let (name, _) = call;
        let mut function = ptr::null_mut();
        // SAFETY: the name and the data are static.
        let status = unsafe {
            sys::napi_create_function(
                env.raw(),
                name.as_ptr(),
                name.count_bytes() as isize,
                Some(trampoline),
                ptr::from_ref(call).cast_mut().cast(),
                &mut function,
            )
        };
        if status != sys::Status::napi_ok {
            return Err(napi::Error::from_status(Status::from(status)));
        }
        // SAFETY: the function was made just now, in this scope.
        let function = unsafe { Unknown::from_raw_unchecked(env.raw(), function) };
        target.set(name.to_string_lossy().as_ref(), function.to_unknown())?;
    }
    Ok(())
}

unsafe extern "C" fn trampoline(
    env: sys::napi_env,
    info: sys::napi_callback_info,
) -> sys::napi_value {
    let mut values = [ptr::null_mut(); MAX_ARGUMENTS];
    let mut count = MAX_ARGUMENTS;
    let mut data: *mut c_void = ptr::null_mut();
    let mut result = ptr::null_mut();
    // SAFETY: Node calls with a valid scope; `data` is the entry of the static table that `export` gave. Missing
    // arguments are filled in as undefined.
    unsafe {
        sys::napi_get_cb_info(
            env,
            info,
            &mut count,
            values.as_mut_ptr(),
            ptr::null_mut(),
            &mut data,
        );
        let (_, call) = &*data.cast::<(&'static CStr, RawCall)>();
        let number = call(&mut Arguments { env, values });
        sys::napi_create_double(env, number, &mut result);
    }
    result
}
